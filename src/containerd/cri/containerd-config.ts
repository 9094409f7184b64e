import { criPlugin, customize } from "./customize.ts";
import type { RegistryAuth } from "./mirrors.ts";
import { renderToml, type TomlTable } from "./toml.ts";

export interface ContainerdConfig {
  readonly address: string;
  readonly root: string;
  readonly state: string;
  /** Image of the process that holds a pod's namespaces. */
  readonly sandboxImage: string;
  /** Directory of the hosts.toml files. */
  readonly hostsDirectory: string;
  readonly auths: Readonly<Record<string, RegistryAuth>>;
  /** File of the specification that every container of a pod begins with; default: containerd's own. */
  readonly baseSpec?: string;
  /** Nobody here may protect a process more than itself is: pods' wishes for that go as far as they can. */
  readonly restrictOomScores?: boolean;
  /** TOML that is laid over all of this. */
  readonly customizations?: readonly string[];
}

/**
 * The configuration of the machine's one containerd, in version 2 of its format: containerd 1.6 reads it, and later
 * ones convert it.
 * @throws Failure for a customization that is not TOML
 */
export const renderContainerdConfig = (config: ContainerdConfig): string =>
  renderToml((config.customizations ?? []).reduce(customize, ourConfig(config)));

const ourConfig = (config: ContainerdConfig): TomlTable => ({
  version: 2,
  root: config.root,
  state: config.state,
  disabled_plugins: [
    // Each looks for a file system or device that the machine does not have, or for something nobody asked for.
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.blockfile",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.zfs",
    "io.containerd.internal.v1.opt",
    "io.containerd.internal.v1.tracing",
    "io.containerd.tracing.processor.v1.otlp",
    "io.containerd.nri.v1.nri",
  ],
  grpc: { address: config.address },
  plugins: { [criPlugin]: cri(config) },
});

const cri = ({ sandboxImage, hostsDirectory, auths, baseSpec, restrictOomScores }: ContainerdConfig): TomlTable => ({
  sandbox_image: sandboxImage,
  max_concurrent_downloads: 3,
  // A power cut would leave layers that are known for complete, with files that are empty, for ever.
  image_pull_with_sync_fs: true,
  // The streams are only for the kubelet on the same machine.
  stream_server_address: "127.0.0.1",
  tolerate_missing_hugetlb_controller: true,
  ...(restrictOomScores ? { restrict_oom_score_adj: true } : {}),
  containerd: {
    snapshotter: "overlayfs",
    default_runtime_name: "runc",
    // Layers live on as snapshots; keeping their archives too would double what images cost.
    discard_unpacked_layers: true,
    runtimes: {
      runc: {
        runtime_type: "io.containerd.runc.v2",
        ...(baseSpec === undefined ? {} : { base_runtime_spec: baseSpec }),
        // No systemd: cgroups are directories.
        options: { SystemdCgroup: false },
      },
    },
  },
  cni: { bin_dir: "/opt/cni/bin", conf_dir: "/etc/cni/net.d" },
  registry: { config_path: hostsDirectory, ...credentials(auths) },
});

function credentials(auths: ContainerdConfig["auths"]): TomlTable {
  const entries = Object.entries(auths).map(([host, { username, password, auth, identityToken }]) => [
    host,
    {
      auth: {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(auth === undefined ? {} : { auth }),
        ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
      },
    },
  ]);
  return entries.length === 0 ? {} : { configs: Object.fromEntries(entries) };
}
