import { AddressSpec } from "./address-spec.ts";
import { AddressStatus } from "./address-status.ts";
import { DeviceConfigSpec } from "./device-config-spec.ts";
import { DNSResolveCache } from "./dns-resolve-cache.ts";
import { DNSUpstream } from "./dns-upstream.ts";
import { EthernetSpec } from "./ethernet-spec.ts";
import { EthernetStatus } from "./ethernet-status.ts";
import { HardwareAddress } from "./hardware-address.ts";
import { HostDNSConfig } from "./host-dns-config.ts";
import { HostnameSpec } from "./hostname-spec.ts";
import { HostnameStatus } from "./hostname-status.ts";
import { LinkAliasSpec } from "./link-alias-spec.ts";
import { LinkRefresh } from "./link-refresh.ts";
import { LinkSpec } from "./link-spec.ts";
import { LinkStatus } from "./link-status.ts";
import { NetworkStatus } from "./network-status.ts";
import { NfTablesChain } from "./nftables-chain.ts";
import { NodeAddress } from "./node-address.ts";
import { NodeAddressFilter } from "./node-address-filter.ts";
import { NodeAddressSortAlgorithm } from "./node-address-sort-algorithm.ts";
import { OperatorSpec } from "./operator-spec.ts";
import { PlatformConfig } from "./platform-config.ts";
import { ProbeSpec } from "./probe-spec.ts";
import { ProbeStatus } from "./probe-status.ts";
import { ResolverSpec } from "./resolver-spec.ts";
import { ResolverStatus } from "./resolver-status.ts";
import { RouteSpec } from "./route-spec.ts";
import { RouteStatus } from "./route-status.ts";
import { TimeServerSpec } from "./time-server-spec.ts";
import { TimeServerStatus } from "./time-server-status.ts";

export const networkTypes = [
  AddressSpec,
  AddressStatus,
  DeviceConfigSpec,
  DNSResolveCache,
  DNSUpstream,
  EthernetSpec,
  EthernetStatus,
  HardwareAddress,
  HostDNSConfig,
  HostnameSpec,
  HostnameStatus,
  LinkAliasSpec,
  LinkRefresh,
  LinkSpec,
  LinkStatus,
  NetworkStatus,
  NfTablesChain,
  NodeAddress,
  NodeAddressFilter,
  NodeAddressSortAlgorithm,
  OperatorSpec,
  PlatformConfig,
  ProbeSpec,
  ProbeStatus,
  ResolverSpec,
  ResolverStatus,
  RouteSpec,
  RouteStatus,
  TimeServerSpec,
  TimeServerStatus,
] as const;
