import { parseDuration } from "../clock/duration.ts";
import { documentsOf, type MachineConfig } from "./machine-config.ts";

/**
 * What a config says in effect. Several things can be said in the v1alpha1 document or in one of their own; the
 * functions here are the only place that knows both.
 */

/** The machine's name: given, to be derived from its identity or address, or left to the network. */
export type HostnameSource = { readonly hostname: string } | { readonly auto: "stable" | "addr" | "off" };

export function hostnameSource(config: MachineConfig): HostnameSource {
  const [document] = documentsOf(config, "HostnameConfig");
  const hostname = document?.hostname ?? config.machine.network.hostname;
  if (hostname !== undefined) return { hostname };
  return { auto: document?.auto ?? (config.machine.features.stableHostname ? "stable" : "addr") };
}

/** DNS servers, in order; empty leaves the choice to DHCP and the defaults. */
export function nameservers(config: MachineConfig): readonly string[] {
  const own = documentsOf(config, "ResolverConfig").flatMap((document) => document.nameservers);
  const addresses = own.flatMap(({ address }) => (address === undefined ? [] : [address]));
  return addresses.length > 0 ? addresses : defined(config.machine.network.nameservers);
}

export function searchDomains(config: MachineConfig): readonly string[] {
  const own = documentsOf(config, "ResolverConfig").flatMap(({ searchDomains: { domains } }) => domains);
  return defined(own.length > 0 ? own : config.machine.network.searchDomains);
}

/** Whether short names are tried in the machine's own domain as well. */
export function searchesOwnDomain(config: MachineConfig): boolean {
  const documents = documentsOf(config, "ResolverConfig");
  return (
    !config.machine.network.disableSearchDomain && !documents.some((document) => document.searchDomains.disableDefault)
  );
}

/** Addresses that the machines of the control plane share: whichever leads has them, so none is known by them. */
export function sharedAddresses(config: MachineConfig): readonly string[] {
  const ofLinks = config.machine.network.interfaces.flatMap(({ vip, vlans }) => [
    vip,
    ...vlans.map((vlan) => vlan.vip),
  ]);
  const ofDocuments = [...documentsOf(config, "Layer2VIPConfig"), ...documentsOf(config, "HCloudVIPConfig")];
  return defined([...ofLinks.map((vip) => vip?.ip), ...ofDocuments.map(({ name }) => name)]);
}

/** Lines of /etc/hosts, beyond the machine's own. */
export function extraHosts(config: MachineConfig): { readonly address: string; readonly names: readonly string[] }[] {
  const entries = [
    ...config.machine.network.extraHostEntries.map(({ ip, aliases }) => ({ address: ip, names: aliases })),
    ...documentsOf(config, "StaticHostConfig").map(({ name, hostnames }) => ({ address: name, names: hostnames })),
  ];
  return entries.flatMap(({ address, names }) => (address === undefined ? [] : [{ address, names: defined(names) }]));
}

export interface TimeSettings {
  readonly enabled: boolean;
  /** Empty uses the default server. */
  readonly servers: readonly string[];
  /** How long boot waits; 0 waits for ever, undefined as long as is usual. */
  readonly bootTimeoutMs: number | undefined;
}

export function timeSettings(config: MachineConfig): TimeSettings {
  const [document] = documentsOf(config, "TimeSyncConfig");
  const { time } = config.machine;
  const bootTimeout = document?.bootTimeout ?? time.bootTimeout;
  return {
    enabled: document?.enabled ?? !time.disabled,
    servers: defined(document?.ntp?.servers ?? time.servers),
    bootTimeoutMs: bootTimeout === undefined || bootTimeout === "" ? undefined : parseDuration(bootTimeout),
  };
}

export interface Probe {
  /** Host and port. */
  readonly endpoint: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
}

/** Connections that tell whether the network works; two for one endpoint are one. */
export function probes(config: MachineConfig): readonly Probe[] {
  const found = new Map<string, Probe>();
  for (const { endpoint, interval, timeout, failureThreshold } of documentsOf(config, "TCPProbeConfig")) {
    if (endpoint === undefined) continue;
    const [intervalMs, timeoutMs] = [parseDuration(interval), parseDuration(timeout)];
    found.set(endpoint, { endpoint, intervalMs, timeoutMs, failureThreshold });
  }
  return [...found.values()];
}

export interface RegistryMirror {
  readonly endpoints: readonly { readonly url: string; readonly overridePath: boolean }[];
  /** Never ask the registry itself. */
  readonly skipFallback: boolean;
}

/** Mirrors by the registry's host; `*` is every registry without an entry. */
export function registryMirrors(config: MachineConfig): ReadonlyMap<string, RegistryMirror> {
  const mirrors = new Map<string, RegistryMirror>();
  for (const [host, mirror] of Object.entries(config.machine.registries.mirrors)) {
    const { endpoints, overridePath, skipFallback } = mirror;
    mirrors.set(host, { endpoints: defined(endpoints).map((url) => ({ url, overridePath })), skipFallback });
  }
  for (const { name, endpoints, skipFallback } of documentsOf(config, "RegistryMirrorConfig")) {
    const known = endpoints.flatMap(({ url, overridePath }) => (url === undefined ? [] : [{ url, overridePath }]));
    if (name !== undefined) mirrors.set(name, { endpoints: known, skipFallback });
  }
  return mirrors;
}

const defined = (items: readonly (string | undefined)[]): string[] => items.filter((item) => item !== undefined);
