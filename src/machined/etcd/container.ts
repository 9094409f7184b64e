import { bind, type ContainerSpec } from "../../containerd/spec/build.ts";
import { clientUrls, peerUrls } from "../../etcd/urls.ts";
import type { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import type { Beginning } from "./beginning.ts";
import { type EtcdPlace, etcdUser as user } from "./place.ts";

const openFiles = 10_240;

/** Those of TLS 1.2 that keep what was said a secret when a key is lost later. */
const cipherSuites = ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305"].flatMap((cipher) =>
  ["ECDSA", "RSA"].map((key) => `TLS_ECDHE_${key}_WITH_${cipher}`),
);

/** Flags that keep the cluster's secrets and data where they are. */
const reservedFlags: ReadonlySet<string> = new Set([
  "data-dir",
  "wal-dir",
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

export interface EtcdRun {
  readonly spec: EtcdSpec;
  readonly beginning: Beginning;
  readonly place: EtcdPlace;
}

/** etcd's container: no capability, its own user, and nothing of the machine but its data and its certificates. */
export const etcdContainer = (run: EtcdRun, environment: Readonly<Record<string, string>>): ContainerSpec => ({
  args: ["/usr/local/bin/etcd", ...etcdFlags(run)],
  env: { ETCD_CIPHER_SUITES: cipherSuites.join(","), ...environment },
  uid: user,
  gid: user,
  isolate: ["pid", "ipc", "uts"],
  cgroup: "/podruntime/etcd",
  mounts: [bind(run.place.data, run.place.data, "rw"), bind(run.place.secrets, run.place.secrets, "ro")],
  limits: [{ type: "RLIMIT_NOFILE", soft: openFiles, hard: openFiles }],
  oomScoreAdjust: -998,
});

/** etcd's flags (etcd 3.6), the owner's last and without those that are ours. */
export function etcdFlags({ spec, beginning, place }: EtcdRun): string[] {
  const secret = (name: string) => `${place.secrets}/${name}`;
  const flags: Record<string, string> = {
    name: spec.name,
    "data-dir": place.data,
    "listen-client-urls": clientUrls(spec.listenClientAddresses).join(","),
    "listen-peer-urls": peerUrls(spec.listenPeerAddresses).join(","),
    "advertise-client-urls": clientUrls(spec.advertisedAddresses).join(","),
    "initial-advertise-peer-urls": peerUrls(spec.advertisedAddresses).join(","),
    ...membership(spec, beginning),
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
export const clusterFlags = (spec: EtcdSpec): string[] =>
  written({
    name: spec.name,
    "initial-advertise-peer-urls": peerUrls(spec.advertisedAddresses).join(","),
    "initial-cluster": onlyMember(spec),
  });

/** A member that has data knows the others from it. */
function membership(spec: EtcdSpec, beginning: Beginning): Record<string, string> {
  if (beginning.kind === "goesOn") return { "initial-cluster-state": "existing" };
  if (beginning.kind === "first") return { "initial-cluster-state": "new", "initial-cluster": onlyMember(spec) };
  return { "initial-cluster-state": "existing", "initial-cluster": beginning.initialCluster };
}

const onlyMember = ({ name, advertisedAddresses }: EtcdSpec): string =>
  peerUrls(advertisedAddresses)
    .map((url) => `${name}=${url}`)
    .join(",");

const written = (flags: Readonly<Record<string, string>>): string[] =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
