import type { LinkSpec } from "../../../resources/network/link-spec.ts";
import type { BondMaster } from "./bond.ts";

/** A link as the configuration wants it, whichever way it was said there; the kernel's names are resolved. */
export interface Device {
  readonly name: string;
  /** Leave it as it is, whatever others want of it. */
  readonly ignore: boolean;
  readonly up: boolean;
  /** Bytes; 0 leaves it as it is. */
  readonly mtu: number;
  readonly hardwareAddr: string | undefined;
  readonly multicast: boolean | undefined;
  /** What it is made as; undefined for a link that is there, or is not. */
  readonly made: MadeLink | undefined;
  /** Links that become its members, in order. */
  readonly members: readonly string[];
  /** The bridge that it is a port of, said at the port. */
  readonly bridge: string | undefined;
  readonly addresses: readonly DeviceAddress[];
  readonly routes: readonly DeviceRoute[];
  readonly dhcp4: DeviceDhcp | undefined;
  readonly dhcp6: DeviceDhcp | undefined;
  /** An address that the control plane shares. */
  readonly vip: string | undefined;
}

export type MadeLink =
  | { readonly kind: "dummy" }
  | { readonly kind: "vlan"; readonly parent: string; readonly id: number; readonly protocol: "802.1q" | "802.1ad" }
  | { readonly kind: "bridge"; readonly stp: boolean; readonly vlanFiltering: boolean }
  | { readonly kind: "bond"; readonly settings: BondMaster }
  | { readonly kind: "wireguard"; readonly settings: WireguardSettings };

/** A tunnel's keys and peers; secret. */
export type WireguardSettings = NonNullable<LinkSpec["wireguard"]>;

export interface DeviceAddress {
  /** With its prefix length. */
  readonly address: string;
  /** Priority of the route to its own network; undefined for the kernel's. */
  readonly priority: number | undefined;
}

export interface DeviceRoute {
  /** Empty for the default route. */
  readonly destination: string;
  readonly gateway: string;
  readonly source: string;
  readonly metric: number | undefined;
  readonly mtu: number;
  readonly table: number;
}

export interface DeviceDhcp {
  readonly routeMetric: number | undefined;
  readonly ignoreHostname: boolean;
  readonly identifier: "none" | "mac" | "duid";
  /** For `duid`: hexadecimal digits. */
  readonly duid: string;
}

/** What a link has that says nothing else. */
export const plainDevice: Omit<Device, "name"> = {
  ...{ ignore: false, up: true, mtu: 0, hardwareAddr: undefined, multicast: undefined, made: undefined },
  ...{ members: [], bridge: undefined, addresses: [], routes: [], dhcp4: undefined, dhcp6: undefined, vip: undefined },
};
