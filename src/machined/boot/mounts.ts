import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../../errors/message.ts";
import { isMountPoint, mountAt, mountOverlay } from "../../mount/helpers.ts";
import { cgroupMount, lateMounts, type PseudoMount, runtimeMounts } from "../../mount/pseudo.ts";
import { apidProgram, containerdSocket, machineSocket, trustdProgram } from "../../well-known.ts";
import type { Log } from "../machine.ts";

/** A directory that must be there, and whose it is. */
interface Directory {
  readonly path: string;
  readonly mode: number;
  readonly uid?: number;
}

const runtimeDirectories: readonly Directory[] = [
  { path: "/system/etc", mode: 0o700 },
  { path: "/system/var", mode: 0o700 },
  { path: "/system/state", mode: 0o700 },
  { path: "/system/run", mode: 0o751 },
  { path: dirname(machineSocket), mode: 0o755 },
  { path: dirname(apidProgram.stateSocket), mode: 0o755, uid: apidProgram.uid },
  { path: dirname(trustdProgram.stateSocket), mode: 0o755, uid: trustdProgram.uid },
  { path: "/system/secrets", mode: 0o711 },
  { path: "/system/libexec", mode: 0o755 },
  { path: "/system/run/containerd", mode: 0o711 },
  { path: dirname(containerdSocket), mode: 0o711 },
  { path: "/run/lock", mode: 0o755 },
];

const varDirectories: readonly Directory[] = [
  { path: "/var/lib", mode: 0o700 },
  { path: "/var/lib/etcd", mode: 0o700, uid: 60 },
  { path: "/var/lib/containerd", mode: 0o000 },
  { path: "/var/lib/kubelet", mode: 0o700 },
  { path: "/var/lib/kubelet/seccomp", mode: 0o700 },
  { path: "/var/lib/kubelet/seccomp/profiles", mode: 0o700 },
  { path: "/var/lib/cni", mode: 0o700 },
  { path: "/var/log", mode: 0o755 },
  { path: "/var/log/audit", mode: 0o700 },
  { path: "/var/log/audit/kube", mode: 0o700, uid: 65_534 },
  { path: "/var/log/containers", mode: 0o755 },
  { path: "/var/log/pods", mode: 0o755 },
  { path: "/var/mnt", mode: 0o755 },
  { path: "/var/system", mode: 0o700 },
  { path: "/var/system/overlays", mode: 0o700 },
];

/** Directories of the image that pods and the kubelet write to. */
const overlays = ["/etc/cni", "/etc/kubernetes", "/usr/libexec/kubernetes", "/opt"];

/** Mounts what is missing. In a container most is there already, and not ours to change. */
function mountMissing(mounts: readonly PseudoMount[], log: Log): void {
  for (const what of mounts) {
    if (isMountPoint(what.target)) continue;
    try {
      // Directories below /sys belong to the kernel: one that is missing cannot be made.
      if (what.optional && !existsSync(what.target) && what.target.startsWith("/sys/")) continue;
      mountAt(what);
    } catch (thrown) {
      if (!what.optional) throw thrown;
      log("debug", messageOf(thrown));
    }
  }
}

export const mountPseudo = (log: Log): void => mountMissing(lateMounts, log);

export const mountCgroups = (log: Log): void => mountMissing([cgroupMount], log);

export function setUpSystemDirectories(log: Log): void {
  mountMissing(runtimeMounts, log);
  makeDirectories(runtimeDirectories);
}

export function setUpVarDirectories(): void {
  makeDirectories(varDirectories);
}

/** Makes parts of the image writable; the changes live on /var. */
export function mountOverlays(log: Log): void {
  for (const target of overlays) {
    if (isMountPoint(target)) continue;
    const base = join("/var/system/overlays", target.slice(1).replaceAll("/", "-"));
    try {
      mountOverlay({ target, lower: [target], upper: { changes: `${base}-diff`, work: `${base}-workdir` } });
    } catch (thrown) {
      log("warn", messageOf(thrown));
    }
  }
}

/** Sets owner and mode also of what is there from an earlier boot, as a new release may want it otherwise. */
function makeDirectories(directories: readonly Directory[]): void {
  for (const { path, mode, uid } of directories) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    if (uid !== undefined) chownSync(path, uid, uid);
  }
}
