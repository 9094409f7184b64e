import { images } from "../../src/config/defaults/images.ts";
import { Failure } from "../../src/errors/failure.ts";
import { networkPlugins, packetFilterNames } from "../rootfs/containers.ts";
import type { Contents } from "../rootfs/contents.ts";
import type { ComponentName } from "./components.ts";

/** A container image that the build can make, as upstream's image of that name would be. */
export interface ComponentImage {
  /** Selects it on the command line. */
  readonly name: string;
  /** As the default config names it. */
  readonly reference: string;
  /** Compiled programs by their path; the image runs the first. */
  readonly programs: Readonly<Record<string, ComponentName>>;
  /** What programs call beside themselves, from Debian's packages; libraries come along. */
  readonly tools?: readonly Contents[];
  /** Links to tools under the names that they are called by. */
  readonly links?: Readonly<Record<string, string>>;
  /** `uid:gid`; root, as with upstream, where there is none. */
  readonly user?: string;
  /** The program may listen on ports below 1024 when it does not run as root. */
  readonly bindsLowPorts?: boolean;
}

/** What every machine runs before it is part of a cluster: part of every build. */
const machine: readonly ComponentImage[] = [
  {
    name: "kubelet",
    reference: images.kubelet,
    programs: { "usr/local/bin/kubelet": "kubelet" },
    // It mounts volumes by calling these.
    tools: [{ package: "mount", paths: ["usr/bin/mount", "usr/bin/umount"] }],
  },
  {
    name: "etcd",
    reference: images.etcd,
    programs: { "usr/local/bin/etcd": "etcd", "usr/local/bin/etcdutl": "etcdutl" },
  },
  { name: "pause", reference: images.pause, programs: { pause: "pause" }, user: "65535:65535" },
];

/** Writing packet filters: iptables over nftables, with its extensions, and nftables itself. */
const packetFilters = {
  tools: [
    {
      package: "iptables",
      paths: ["usr/sbin/xtables-nft-multi"],
      libraries: "xtables",
    },
    { package: "nftables", paths: ["usr/sbin/nft"] },
  ],
  links: Object.fromEntries(packetFilterNames.map((name) => [`usr/sbin/${name}`, "xtables-nft-multi"])),
} as const;

/** What a cluster runs in its pods: made when asked for. */
const cluster: readonly ComponentImage[] = [
  {
    name: "kube-apiserver",
    reference: images.apiServer,
    programs: { "usr/local/bin/kube-apiserver": "kube-apiserver" },
    bindsLowPorts: true,
  },
  {
    name: "kube-controller-manager",
    reference: images.controllerManager,
    programs: { "usr/local/bin/kube-controller-manager": "kube-controller-manager" },
  },
  {
    name: "kube-scheduler",
    reference: images.scheduler,
    programs: { "usr/local/bin/kube-scheduler": "kube-scheduler" },
  },
  {
    name: "kube-proxy",
    reference: images.proxy,
    programs: { "usr/local/bin/kube-proxy": "kube-proxy" },
    tools: [...packetFilters.tools, { package: "conntrack", paths: ["usr/sbin/conntrack"] }],
    links: packetFilters.links,
  },
  {
    name: "coredns",
    reference: images.coreDns,
    programs: { coredns: "coredns" },
    user: "65532:65532",
    bindsLowPorts: true,
  },
  {
    name: "flannel",
    reference: images.flannel,
    programs: {
      "opt/bin/flanneld": "flanneld",
      ...networkPlugins,
    },
    // Its pod copies its network's config to where containerd looks for it.
    tools: [...packetFilters.tools, { package: "coreutils", paths: ["usr/bin/cp"] }],
    links: packetFilters.links,
  },
  {
    name: "http-server",
    reference: "registry.test/http-server:1.0.0",
    programs: { "http-server": "http-server" },
    user: "65532:65532",
  },
];

export const componentImages: readonly ComponentImage[] = [...machine, ...cluster];

/**
 * The images of a build: those of every build, and those that were asked for by name; `cluster` stands for all.
 * @throws Failure naming those that there are.
 */
export function selectImages(names: readonly string[]): readonly ComponentImage[] {
  const known = cluster.map(({ name }) => name);
  const unknown = names.find((name) => name !== "cluster" && !known.includes(name));
  if (unknown !== undefined)
    throw new Failure(`Cannot build an image "${unknown}": there is no such image`, {
      hint: `Images beside kubelet, etcd and pause: ${known.join(", ")}, or all of them: cluster`,
    });
  return [...machine, ...cluster.filter(({ name }) => names.includes("cluster") || names.includes(name))];
}
