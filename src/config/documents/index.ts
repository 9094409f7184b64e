import type { SectionValue } from "../describe.ts";
import { bondConfig } from "./bond.ts";
import { bridgeConfig } from "./bridge.ts";
import { dhcp4Config, dhcp6Config } from "./dhcp.ts";
import { ethernetConfig } from "./ethernet.ts";
import { extensionServiceConfig } from "./extension-service.ts";
import { networkDefaultActionConfig, networkRuleConfig } from "./firewall.ts";
import { pciDriverRebindConfig } from "./hardware.ts";
import { kubeSpanEndpointsConfig } from "./kubespan.ts";
import { dummyLinkConfig, linkAliasConfig, linkConfig } from "./link.ts";
import { oomConfig, zswapConfig } from "./memory.ts";
import { eventSinkConfig, kmsgLogConfig, watchdogTimerConfig } from "./monitoring.ts";
import { hostnameConfig, resolverConfig, staticHostConfig } from "./names.ts";
import { tcpProbeConfig } from "./probe.ts";
import { registryAuthConfig, registryMirrorConfig, registryTlsConfig } from "./registry.ts";
import { timeSyncConfig } from "./time.ts";
import { sideroLinkConfig, trustedRootsConfig } from "./trust.ts";
import { existingVolumeConfig, rawVolumeConfig, swapVolumeConfig, userVolumeConfig } from "./user-volume.ts";
import { hcloudVipConfig, layer2VipConfig } from "./virtual-ip.ts";
import { vlanConfig } from "./vlan.ts";
import { volumeConfig } from "./volume.ts";
import { wireguardConfig } from "./wireguard.ts";

/** Every kind of document besides the v1alpha1 one. */
export const documentSections = {
  BondConfig: bondConfig,
  BridgeConfig: bridgeConfig,
  DHCPv4Config: dhcp4Config,
  DHCPv6Config: dhcp6Config,
  DummyLinkConfig: dummyLinkConfig,
  EthernetConfig: ethernetConfig,
  EventSinkConfig: eventSinkConfig,
  ExistingVolumeConfig: existingVolumeConfig,
  ExtensionServiceConfig: extensionServiceConfig,
  HCloudVIPConfig: hcloudVipConfig,
  HostnameConfig: hostnameConfig,
  KmsgLogConfig: kmsgLogConfig,
  KubeSpanEndpointsConfig: kubeSpanEndpointsConfig,
  Layer2VIPConfig: layer2VipConfig,
  LinkAliasConfig: linkAliasConfig,
  LinkConfig: linkConfig,
  NetworkDefaultActionConfig: networkDefaultActionConfig,
  NetworkRuleConfig: networkRuleConfig,
  OOMConfig: oomConfig,
  PCIDriverRebindConfig: pciDriverRebindConfig,
  RawVolumeConfig: rawVolumeConfig,
  RegistryAuthConfig: registryAuthConfig,
  RegistryMirrorConfig: registryMirrorConfig,
  RegistryTLSConfig: registryTlsConfig,
  ResolverConfig: resolverConfig,
  SideroLinkConfig: sideroLinkConfig,
  StaticHostConfig: staticHostConfig,
  SwapVolumeConfig: swapVolumeConfig,
  TCPProbeConfig: tcpProbeConfig,
  TimeSyncConfig: timeSyncConfig,
  TrustedRootsConfig: trustedRootsConfig,
  UserVolumeConfig: userVolumeConfig,
  VLANConfig: vlanConfig,
  VolumeConfig: volumeConfig,
  WatchdogTimerConfig: watchdogTimerConfig,
  WireguardConfig: wireguardConfig,
  ZswapConfig: zswapConfig,
} as const;

export type DocumentKind = keyof typeof documentSections;
export type DocumentValue<Kind extends DocumentKind> = SectionValue<(typeof documentSections)[Kind]["shape"]["fields"]>;

/** Kinds that would describe one thing twice: within a group, a name is used once. */
export const exclusiveKinds: readonly (readonly DocumentKind[])[] = [
  ["BondConfig", "BridgeConfig", "DummyLinkConfig", "LinkConfig", "VLANConfig", "WireguardConfig"],
  ["HCloudVIPConfig", "Layer2VIPConfig"],
  ["ExistingVolumeConfig", "UserVolumeConfig"],
];

export const isDocumentKind = (kind: string): kind is DocumentKind => Object.hasOwn(documentSections, kind);
