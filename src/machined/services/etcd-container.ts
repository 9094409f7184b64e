import { isIPv6 } from "node:net";
import { bind, type ContainerSpec } from "../../containerd/spec/build.ts";
import type { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { etcdDataDirectory as dataDirectory, etcdUser as user } from "./etcd-data.ts";

const secretsDirectory = "/system/secrets/etcd";
const clientPort = 2379;
const peerPort = 2380;
const openFiles = 10_240;

/** Flags that keep the cluster's secrets and data where they are. */
const reservedFlags: ReadonlySet<string> = new Set([
  "data-dir",
  "cert-file",
  "key-file",
  "trusted-ca-file",
  "peer-cert-file",
  "peer-key-file",
  "peer-trusted-ca-file",
  "client-cert-auth",
  "peer-client-cert-auth",
  "auto-tls",
  "peer-auto-tls",
]);

/** etcd's container: no capability, its own user, and nothing of the machine but its data and its certificates. */
export const etcdContainer = (spec: EtcdSpec, environment: Readonly<Record<string, string>>): ContainerSpec => ({
  args: ["/usr/local/bin/etcd", ...etcdFlags(spec)],
  env: environment,
  uid: user,
  gid: user,
  isolate: ["pid", "ipc", "uts"],
  cgroup: "/podruntime/etcd",
  mounts: [bind(dataDirectory, dataDirectory, "rw"), bind(secretsDirectory, secretsDirectory, "ro")],
  limits: [{ type: "RLIMIT_NOFILE", soft: openFiles, hard: openFiles }],
  oomScoreAdjust: -998,
});

/** etcd's flags (etcd 3.6), the owner's last and without those that are ours. */
export function etcdFlags(spec: EtcdSpec): string[] {
  const secret = (name: string) => `${secretsDirectory}/${name}`;
  const flags: Record<string, string> = {
    name: spec.name,
    "data-dir": dataDirectory,
    "listen-client-urls": urls(spec.listenClientAddresses, clientPort).join(","),
    "listen-peer-urls": urls(spec.listenPeerAddresses, peerPort).join(","),
    "advertise-client-urls": urls(spec.advertisedAddresses, clientPort).join(","),
    ...firstCluster(spec),
    "initial-cluster-state": "new",
    "auto-tls": "false",
    "client-cert-auth": "true",
    "cert-file": secret("server.crt"),
    "key-file": secret("server.key"),
    "trusted-ca-file": secret("ca.crt"),
    "peer-auto-tls": "false",
    "peer-client-cert-auth": "true",
    "peer-cert-file": secret("peer.crt"),
    "peer-key-file": secret("peer.key"),
    "peer-trusted-ca-file": secret("ca.crt"),
    "feature-gates": "InitialCorruptCheck=true,CompactHashCheck=true",
    "watch-progress-notify-interval": "5s",
  };
  for (const [name, value] of Object.entries(spec.extraArgs)) if (!reservedFlags.has(name)) flags[name] = value;
  return written(flags);
}

/** The flags by which a cluster begins, as the tool that restores snapshots takes them too. */
export const clusterFlags = (spec: EtcdSpec): string[] => written({ name: spec.name, ...firstCluster(spec) });

/** The first and only member; one that has data ignores it. */
function firstCluster({ name, advertisedAddresses }: EtcdSpec) {
  const peers = urls(advertisedAddresses, peerPort);
  return {
    "initial-advertise-peer-urls": peers.join(","),
    "initial-cluster": peers.map((url) => `${name}=${url}`).join(","),
  };
}

const written = (flags: Readonly<Record<string, string>>): string[] =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);

const urls = (addresses: readonly string[], port: number): string[] =>
  addresses.map((address) => `https://${isIPv6(address) ? `[${address}]` : address}:${port}`);
