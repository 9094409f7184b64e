import { isIP } from "node:net";
import type { Affiliate } from "../../resources/cluster/affiliate.ts";
import type { NodeObject } from "../k8s/node-object.ts";

// The Kubernetes registry: machines tell of themselves in annotations of their nodes.

const keys = {
  nodeId: "cluster.talos.dev/node-id",
  addresses: "networking.talos.dev/self-ips",
  apiServerPort: "networking.talos.dev/api-server-port",
  kubespanAddress: "networking.talos.dev/kubespan-ip",
  kubespanPublicKey: "networking.talos.dev/kubespan-public-key",
  kubespanPrefixes: "networking.talos.dev/assigned-prefixes",
  kubespanEndpoints: "networking.talos.dev/kubespan-endpoints",
  kubespanExcluded: "networking.talos.dev/kubespan-exclude-advertised-networks",
} as const;

/** A node has few addresses; what somebody writes into its annotations may be long. */
const mostItems = 256;

/** What a machine's node should say of it; null: nothing. */
export function annotationsOf({ nodeId, addresses, controlPlane, kubespan }: Affiliate): Record<string, string | null> {
  const texts = {
    [keys.nodeId]: nodeId,
    [keys.addresses]: addresses.join(),
    [keys.apiServerPort]: controlPlane == null ? "" : String(controlPlane.port),
    [keys.kubespanAddress]: kubespan?.address ?? "",
    [keys.kubespanPublicKey]: kubespan?.publicKey ?? "",
    [keys.kubespanPrefixes]: (kubespan?.additionalAddresses ?? []).join(),
    [keys.kubespanEndpoints]: (kubespan?.endpoints ?? []).join(),
    [keys.kubespanExcluded]: (kubespan?.excludeAdvertisedNetworks ?? []).join(),
  };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text === "" ? null : text]));
}

/** The machine that a node tells of; undefined when it tells of none. Whatever it says that makes no sense is left out. */
export function affiliateOf({ metadata = {}, status = {} }: NodeObject): Affiliate | undefined {
  const { name = "", labels = {}, annotations = {} } = metadata;
  const nodeId = annotations[keys.nodeId];
  if (nodeId === undefined || nodeId === "") return undefined;
  const kubespan = kubespanOf(annotations);
  const port = annotations[keys.apiServerPort] ?? "";
  return {
    nodeId,
    addresses: listOf(annotations[keys.addresses], isAddress),
    hostname: status.addresses?.find(({ type }) => type === "Hostname")?.address ?? "",
    nodename: name,
    operatingSystem: status.nodeInfo?.osImage ?? "",
    machineType: "node-role.kubernetes.io/control-plane" in labels ? "controlplane" : "worker",
    ...(kubespan && { kubespan }),
    ...(isPort(port) && { controlPlane: { port: Number(port) } }),
  };
}

type Texts = Readonly<Record<string, string>>;

function kubespanOf(annotations: Texts): Affiliate["kubespan"] | undefined {
  const publicKey = annotations[keys.kubespanPublicKey] ?? "";
  if (publicKey === "") return undefined;
  const [address = ""] = listOf(annotations[keys.kubespanAddress], isAddress);
  return {
    publicKey,
    address,
    additionalAddresses: listOf(annotations[keys.kubespanPrefixes], isPrefix),
    endpoints: listOf(annotations[keys.kubespanEndpoints], isEndpoint),
    excludeAdvertisedNetworks: listOf(annotations[keys.kubespanExcluded], isPrefix),
  };
}

const listOf = (text = "", isItem: (item: string) => boolean): string[] =>
  text.split(",", mostItems).filter((item) => isItem(item));

const isAddress = (text: string): boolean => isIP(text) !== 0;

function isPrefix(text: string): boolean {
  const [address = "", bits = ""] = text.split("/", 2);
  return isAddress(address) && isNumberUpTo(bits, isIP(address) === 4 ? 32 : 128);
}

function isEndpoint(text: string): boolean {
  const at = text.lastIndexOf(":");
  return isAddress(text.slice(0, at).replace(/^\[(.*)\]$/, "$1")) && isPort(text.slice(at + 1));
}

const isNumberUpTo = (text: string, most: number): boolean => /^\d{1,5}$/.test(text) && Number(text) <= most;

const isPort = (text: string): boolean => isNumberUpTo(text, 65_535);
