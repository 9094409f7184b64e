import { kubernetesVersion, versions } from "../../src/config/defaults/images.ts";
import type { Architecture } from "../steps/options.ts";

/** A program that Debian lacks, compiled from a Go module that this directory pins (go.mod, go.sum). */
export interface Component {
  readonly name: string;
  /** Directory of its go.mod, beside this file. */
  readonly module: string;
  /** Import path of its main package. */
  readonly package: string;
  /** Values that the linker puts into variables: what a program says when asked for its version. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Architectures for which a part of it is in C. */
  readonly cgo?: readonly Architecture[];
}

const [major = "", minor = ""] = kubernetesVersion.split(".");

/** One program of Kubernetes; all are of one version, from one module. */
const kubernetes = <const Name extends string>(name: Name) => ({
  name,
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  variables: {
    "k8s.io/component-base/version.gitVersion": `v${kubernetesVersion}`,
    "k8s.io/component-base/version.gitMajor": major,
    "k8s.io/component-base/version.gitMinor": minor,
    "k8s.io/component-base/version.gitTreeState": "clean",
  },
});

/** A plugin that containerd runs to give a pod its network. */
const cniPlugin = <const Name extends string>(kind: string, name: Name) => ({
  name: `cni-${name}` as const,
  module: "cni",
  package: `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
  variables: { "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": versions.cniPlugins },
});

export const components = [
  kubernetes("kubelet"),
  { name: "etcd", module: "etcd", package: "go.etcd.io/etcd/server/v3" },
  { name: "etcdutl", module: "etcd", package: "go.etcd.io/etcd/etcdutl/v3" },
  { name: "pause", module: "pause", package: "." },
  kubernetes("kube-apiserver"),
  kubernetes("kube-controller-manager"),
  kubernetes("kube-scheduler"),
  kubernetes("kube-proxy"),
  { name: "coredns", module: "coredns", package: "github.com/coredns/coredns" },
  {
    name: "flanneld",
    module: "flannel",
    package: "github.com/flannel-io/flannel",
    variables: { "github.com/flannel-io/flannel/pkg/version.Version": versions.flannel },
    // Its UDP backend, which upstream has on this architecture alone.
    cgo: ["amd64"],
  },
  cniPlugin("main", "bridge"),
  cniPlugin("main", "loopback"),
  cniPlugin("ipam", "host-local"),
  cniPlugin("meta", "firewall"),
  cniPlugin("meta", "portmap"),
  { name: "cni-flannel", module: "cni", package: "./flannel" },
  { name: "http-server", module: "http-server", package: "." },
] as const satisfies readonly Component[];

/** For people and tests on a host: no machine has it. A module of its own: what it needs is no part of a machine's programs. */
export const kubectl: Component = { ...kubernetes("kubectl"), module: "kubectl" };

export type ComponentName = (typeof components)[number]["name"];
