/** A network as both versions of a seed's network-config say it. */
export interface SeedNetwork {
  readonly links: readonly SeedLink[];
  readonly dnsServers: readonly string[];
  readonly searchDomains: readonly string[];
  /** What of it is left out, since it makes no sense. */
  readonly problems: readonly string[];
}

export interface SeedLink {
  /** By which other links refer to it; the kernel may know it by another. */
  readonly id: string;
  readonly kind: SeedLinkKind;
  /** Bytes; 0 leaves it as it is. */
  readonly mtu: number;
  /** Metrics of the routes that are learned; undefined: nobody is asked. */
  readonly dhcp4: number | undefined;
  readonly dhcp6: number | undefined;
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
  readonly routes: readonly SeedRoute[];
}

export type SeedLinkKind =
  | { readonly kind: "physical"; readonly hardwareAddr: string | undefined; readonly pattern: string | undefined }
  | { readonly kind: "vlan"; readonly parent: string; readonly id: number }
  | { readonly kind: "bond"; readonly members: readonly string[]; readonly parameters: BondParameters }
  | { readonly kind: "bridge"; readonly members: readonly string[]; readonly stp: boolean };

/** In the kernel's words; undefined leaves it as it is. */
export interface BondParameters {
  readonly mode: string | undefined;
  readonly xmitHashPolicy: string | undefined;
  readonly lacpRate: string | undefined;
  /** All three in milliseconds. */
  readonly miimon: number | undefined;
  readonly updelay: number | undefined;
  readonly downdelay: number | undefined;
}

export interface SeedRoute {
  /** Empty for the default route. */
  readonly destination: string;
  readonly gateway: string;
  readonly metric: number | undefined;
  readonly table: number | undefined;
  /** The gateway is reached although no address of the link is in its network. */
  readonly isOnLink: boolean;
}

/** Metrics that routes get which have none. */
export const usualMetric = { inet4: 1_024, inet6: 2_048 } as const;
