import { addressFromBytes, addressToBytes } from "../net/address.ts";
import { sidero } from "../proto/discovery.ts";
import type { Decoded, Encodable } from "../proto/message.ts";
import { open, openAlike, seal, sealAlike } from "./cipher.ts";

const { Affiliate, Endpoint } = sidero.discovery.client;
type Message = Decoded<typeof Affiliate>;
type Prefix = Encodable<typeof sidero.discovery.client.IPPrefix>;

/** What a machine tells the others of itself. Addresses, prefixes and endpoints are texts, IPv6 endpoints in brackets. */
export interface DiscoveredAffiliate {
  readonly nodeId: string;
  readonly addresses: readonly string[];
  readonly hostname: string;
  readonly nodename?: string;
  readonly operatingSystem: string;
  /** `controlplane`, `worker`; whatever the other one said. */
  readonly machineType: string;
  readonly kubespan?: DiscoveredKubespan;
  readonly controlPlane?: { readonly port: number };
}

export interface DiscoveredKubespan {
  readonly publicKey: string;
  readonly address: string;
  readonly additionalAddresses: readonly string[];
  readonly endpoints: readonly string[];
  readonly excludeAdvertisedNetworks: readonly string[];
}

/** What of an affiliate the service keeps. */
export interface SealedAffiliate {
  readonly data: Uint8Array;
  readonly endpoints: readonly Uint8Array[];
}

export function sealAffiliate(key: Uint8Array, affiliate: DiscoveredAffiliate): SealedAffiliate {
  const { kubespan, controlPlane } = affiliate;
  const message: Encodable<typeof Affiliate> = {
    node_id: affiliate.nodeId,
    addresses: affiliate.addresses.map(addressToBytes),
    hostname: affiliate.hostname,
    nodename: affiliate.nodename ?? "",
    machine_type: affiliate.machineType,
    operating_system: affiliate.operatingSystem,
    ...(kubespan && {
      kubespan: {
        public_key: kubespan.publicKey,
        address: kubespan.address === "" ? new Uint8Array() : addressToBytes(kubespan.address),
        additional_addresses: kubespan.additionalAddresses.map(prefixMessage),
        exclude_advertised_addresses: kubespan.excludeAdvertisedNetworks.map(prefixMessage),
      },
    }),
    ...(controlPlane && { control_plane: { api_server_port: controlPlane.port } }),
  };
  return {
    data: seal(key, Affiliate.encode(message).finish()),
    endpoints: (kubespan?.endpoints ?? []).map((text) =>
      sealAlike(key, Endpoint.encode(endpointMessage(text)).finish()),
    ),
  };
}

/**
 * What is no address is left out: the rest is still worth knowing.
 * @throws Error for what was not sealed with this key, or is no affiliate
 */
export function openAffiliate(key: Uint8Array, { data, endpoints }: SealedAffiliate): DiscoveredAffiliate {
  const message = Affiliate.decode(open(key, data));
  const { kubespan, control_plane: controlPlane } = message;
  return {
    nodeId: message.node_id,
    addresses: message.addresses.flatMap(addressText),
    hostname: message.hostname,
    ...(message.nodename !== "" && { nodename: message.nodename }),
    operatingSystem: message.operating_system,
    machineType: message.machine_type,
    ...(kubespan && {
      kubespan: kubespanOf(
        kubespan,
        endpoints.map((sealed) => openAlike(key, sealed)),
      ),
    }),
    ...(controlPlane && { controlPlane: { port: controlPlane.api_server_port } }),
  };
}

function kubespanOf(message: NonNullable<Message["kubespan"]>, endpoints: readonly Uint8Array[]): DiscoveredKubespan {
  const [address = ""] = addressText(message.address);
  return {
    publicKey: message.public_key,
    address,
    additionalAddresses: message.additional_addresses.flatMap(prefixText),
    endpoints: endpoints.flatMap((bytes) => {
      const { ip, port } = Endpoint.decode(bytes);
      return addressText(ip).map((text) => (ip.length === 4 ? `${text}:${port}` : `[${text}]:${port}`));
    }),
    excludeAdvertisedNetworks: message.exclude_advertised_addresses.flatMap(prefixText),
  };
}

function addressText(bytes: Uint8Array): string[] {
  return bytes.length === 4 || bytes.length === 16 ? [addressFromBytes(bytes)] : [];
}

function prefixText({ ip = new Uint8Array(), bits = 0 }: { ip?: Uint8Array | null; bits?: number | null }): string[] {
  if (ip === null || bits === null || bits > 8 * ip.length) return [];
  return addressText(ip).map((text) => `${text}/${bits}`);
}

function prefixMessage(text: string): Prefix {
  const [address = "", bits = ""] = text.split("/", 2);
  return { ip: addressToBytes(address), bits: Number(bits) };
}

function endpointMessage(text: string): Encodable<typeof Endpoint> {
  const at = text.lastIndexOf(":");
  return { ip: addressToBytes(text.slice(0, at).replace(/^\[(.*)\]$/, "$1")), port: Number(text.slice(at + 1)) };
}
