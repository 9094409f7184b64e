import { documentsOf, type MachineConfig } from "../../../config/index.ts";
import { type BondMaster, bondOf } from "./bond.ts";
import { type Device, type DeviceDhcp, type DeviceRoute, plainDevice } from "./device.ts";
import type { LinkNames } from "./v1alpha1-devices.ts";
import { wireguardOf } from "./wireguard.ts";

type LinkDocument = ReturnType<typeof documentsOf<"LinkConfig">>[number];

/** The links of documents of their own. Without any of them the machine asks for addresses by itself. */
export function documentDevices(config: MachineConfig, { resolve }: LinkNames): Device[] {
  const common = (document: LinkDocument) => deviceOf(resolve(document.name ?? ""), document);
  const members = (links: readonly (string | undefined)[]) => defined(links).map(resolve);
  const devices: Device[] = [
    ...documentsOf(config, "LinkConfig").map(common),
    ...documentsOf(config, "DummyLinkConfig").map(
      (document): Device => ({ ...common(document), hardwareAddr: document.hardwareAddr, made: { kind: "dummy" } }),
    ),
    ...documentsOf(config, "VLANConfig").map((document): Device => {
      const { parent = "", vlanID: id = 0, vlanMode: protocol = "802.1q" } = document;
      return { ...common(document), made: { kind: "vlan", parent: resolve(parent), id, protocol } };
    }),
    ...documentsOf(config, "BridgeConfig").map((document): Device => {
      const made = {
        kind: "bridge",
        stp: document.stp.enabled ?? false,
        vlanFiltering: document.vlan.filtering ?? false,
      } as const;
      return { ...common(document), hardwareAddr: document.hardwareAddr, members: members(document.links), made };
    }),
    ...documentsOf(config, "BondConfig").map((document): Device => {
      const made = { kind: "bond", settings: bondSettings(document) } as const;
      return { ...common(document), hardwareAddr: document.hardwareAddr, members: members(document.links), made };
    }),
    ...documentsOf(config, "WireguardConfig").map(
      (document): Device => ({ ...common(document), made: { kind: "wireguard", settings: wireguardOf(document) } }),
    ),
  ];
  return withDhcp(devices, config, resolve);
}

type BondDocument = ReturnType<typeof documentsOf<"BondConfig">>[number];

/** The resource has some fields under slightly other names. */
const bondSettings = (document: BondDocument): BondMaster =>
  bondOf({
    ...document,
    mode: document.bondMode,
    adLacpActive: document.adLACPActive,
    resendIgmp: document.resendIGMP,
    peerNotifyDelay: document.peerNotifDelay,
  });

/** Adds what DHCP documents say to the links that they name, and those links if nothing else does. */
function withDhcp(devices: readonly Device[], config: MachineConfig, resolve: LinkNames["resolve"]): Device[] {
  const all = new Map(devices.map((device) => [device.name, device]));
  for (const document of documentsOf(config, "DHCPv4Config")) add(document, (dhcp4) => ({ dhcp4 }));
  for (const document of documentsOf(config, "DHCPv6Config")) add(document, (dhcp6) => ({ dhcp6 }));
  return [...all.values()];

  function add(document: DhcpDocument, field: (dhcp: DeviceDhcp) => Partial<Device>): void {
    const name = resolve(document.name ?? "");
    all.set(name, { ...(all.get(name) ?? { ...plainDevice, name }), ...field(dhcpOf(document)) });
  }
}

type DhcpDocument = ReturnType<typeof documentsOf<"DHCPv4Config">>[number];

const dhcpOf = ({ routeMetric, ignoreHostname = false, clientIdentifier, duidRaw = "" }: DhcpDocument): DeviceDhcp => ({
  routeMetric: routeMetric === 0 ? undefined : routeMetric,
  ignoreHostname,
  identifier: clientIdentifier ?? "mac",
  duid: duidRaw.replaceAll(":", ""),
});

function deviceOf(name: string, { up = true, mtu = 0, multicast, addresses, routes }: LinkDocument): Device {
  return {
    ...plainDevice,
    ...{ name, up, mtu, multicast },
    addresses: addresses.flatMap(({ address, routePriority: priority }) =>
      address === undefined ? [] : { address, priority },
    ),
    routes: routes.map(
      ({ destination = "", gateway = "", source = "", metric = 0, table = "", mtu: largest = 0 }): DeviceRoute => ({
        ...{ destination, gateway, source, mtu: largest },
        metric: metric === 0 ? undefined : metric,
        table: tables[table] ?? Number(table),
      }),
    ),
  };
}

const tables: Readonly<Record<string, number>> = { "": 254, main: 254, default: 253, local: 255 };

const defined = (items: readonly (string | undefined)[]): string[] => items.filter((item) => item !== undefined);
