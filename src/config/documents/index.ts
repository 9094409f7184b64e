import type { SectionValue } from "../describe.ts";
import { hostnameConfig, resolverConfig, staticHostConfig, timeSyncConfig } from "./network.ts";
import { registryAuthConfig, registryMirrorConfig, registryTlsConfig } from "./registry.ts";

/** Documents that are read field by field. */
export const documentSections = {
  HostnameConfig: hostnameConfig,
  RegistryAuthConfig: registryAuthConfig,
  RegistryMirrorConfig: registryMirrorConfig,
  RegistryTLSConfig: registryTlsConfig,
  ResolverConfig: resolverConfig,
  StaticHostConfig: staticHostConfig,
  TimeSyncConfig: timeSyncConfig,
} as const;

export type DocumentKind = keyof typeof documentSections;
export type DocumentValue<Kind extends DocumentKind> = SectionValue<(typeof documentSections)[Kind]["shape"]["fields"]>;

/** Other documents of version 1.12: accepted and kept as they are. */
export const keptKinds: readonly string[] = [
  ...["BondConfig", "BridgeConfig", "DHCPv4Config", "DHCPv6Config", "DummyLinkConfig", "EthernetConfig"],
  ...["EventSinkConfig", "ExistingVolumeConfig", "ExtensionServiceConfig", "HCloudVIPConfig", "KmsgLogConfig"],
  ...["KubeSpanEndpoints", "Layer2VIPConfig", "LinkAliasConfig", "LinkConfig", "NetworkDefaultActionConfig"],
  ...["NetworkRuleConfig", "OOMConfig", "PCIDriverRebindConfig", "RawVolumeConfig", "SideroLinkConfig"],
  ...["SwapVolumeConfig", "TrustedRootsConfig", "UserVolumeConfig", "VLANConfig", "VolumeConfig"],
  ...["WatchdogTimerConfig", "WireguardConfig", "ZswapConfig"],
];

export const isDocumentKind = (kind: string): kind is DocumentKind => Object.hasOwn(documentSections, kind);
