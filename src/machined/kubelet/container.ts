import { existsSync } from "node:fs";
import { bind, type ContainerSpec } from "../../containerd/spec/build.ts";
import { grantableCapabilities } from "../../containerd/spec/capabilities.ts";
import type { IdMapping, RuntimeMount } from "../../containerd/spec/runtime-spec.ts";
import { credentialProviderPrograms } from "../../controllers/kubelet-files.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";

/** Mounts that pods make must reach the machine, and the machine's the pods. */
const shared = (path: string): RuntimeMount => bind(path, path, "rshared", "rw");
const readOnly = (path: string): RuntimeMount => bind(path, path, "ro");

/** What of the machine the kubelet works on. */
const machineMounts: readonly RuntimeMount[] = [
  bind("/dev", "/dev", "rw"),
  readOnly("/sys"),
  bind("/sys/fs/cgroup", "/sys/fs/cgroup", "rw"),
  bind("/run", "/run", "rshared", "rw"),
  bind("/run", "/var/run", "rshared", "rw"),
  readOnly("/lib/modules"),
  readOnly("/etc/nfsmount.conf"),
  readOnly("/etc/machine-id"),
  readOnly("/etc/os-release"),
  readOnly("/etc/hosts"),
  readOnly("/etc/resolv.conf"),
  // What pods get in its place; the directory, as the file is made anew.
  readOnly("/system/resolved"),
  readOnly("/etc/cni"),
  shared("/etc/kubernetes"),
  shared("/usr/libexec/kubernetes"),
  readOnly(credentialProviderPrograms),
  shared("/var/lib/containerd"),
  shared("/var/lib/kubelet"),
  shared("/var/log/containers"),
  shared("/var/log/pods"),
  shared("/var/mnt"),
];

/** The kernel's parameters as the machine sees them, most of them read-only; and in place of its log an empty one. */
const sharedKernelMounts: readonly RuntimeMount[] = [bind("/proc"), bind("/dev/null", "/dev/kmsg")];

export interface KubeletPlace {
  readonly environment: Readonly<Record<string, string>>;
  /** The kernel is another machine's. */
  readonly sharedKernel: boolean;
}

/**
 * The kubelet's container: it sets up other containers, so it sees the machine's processes, network, devices and
 * cgroups and has every capability but those that are machined's alone.
 */
export const kubeletContainer = (spec: KubeletSpec, { environment, sharedKernel }: KubeletPlace): ContainerSpec => ({
  args: ["/usr/local/bin/kubelet", ...(spec.args ?? [])],
  env: environment,
  isolate: [],
  cgroup: "/podruntime/kubelet",
  // Which of these files an image of the system has differs: what is missing cannot be mounted.
  mounts: [
    ...machineMounts.filter(({ source }) => existsSync(source)),
    ...(sharedKernel ? sharedKernelMounts : []),
    ...(spec.extraMounts ?? []).map(extraMount),
  ],
  capabilities: grantableCapabilities,
  privileged: true,
  sharedMounts: true,
  oomScoreAdjust: -450,
});

type ExtraMount = NonNullable<KubeletSpec["extraMounts"]>[number];

const extraMount = ({ uidmappings, gidmappings, ...mount }: ExtraMount): RuntimeMount => ({
  ...mount,
  // A runtime takes an empty list for a wish.
  ...(uidmappings.length > 0 && { uidMappings: uidmappings.map(idMapping) }),
  ...(gidmappings.length > 0 && { gidMappings: gidmappings.map(idMapping) }),
});

const idMapping = ({ containerid, hostid, size }: ExtraMount["uidmappings"][number]): IdMapping => ({
  containerID: containerid,
  hostID: hostid,
  size,
});
