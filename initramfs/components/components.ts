import { images, kubernetesVersion } from "../../src/config/defaults/images.ts";

/** A program that Debian lacks, compiled from a Go module that this directory pins (go.mod, go.sum). */
export interface Component {
  readonly name: string;
  /** Directory of its go.mod, beside this file. */
  readonly module: string;
  /** Import path of its main package. */
  readonly package: string;
  /** Values that the linker puts into variables: what a program says when asked for its version. */
  readonly variables: Readonly<Record<string, string>>;
  /** The image that it is for, as the default config names it. */
  readonly image: string;
  /** Where upstream's image has it. */
  readonly path: string;
}

const [major = "", minor = ""] = kubernetesVersion.split(".");

export const components: readonly Component[] = [
  {
    name: "kubelet",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kubelet",
    variables: {
      "k8s.io/component-base/version.gitVersion": `v${kubernetesVersion}`,
      "k8s.io/component-base/version.gitMajor": major,
      "k8s.io/component-base/version.gitMinor": minor,
      "k8s.io/component-base/version.gitTreeState": "clean",
    },
    image: images.kubelet,
    path: "usr/local/bin/kubelet",
  },
  {
    name: "etcd",
    module: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    variables: {},
    image: images.etcd,
    path: "usr/local/bin/etcd",
  },
  {
    name: "pause",
    module: "pause",
    package: ".",
    variables: {},
    image: images.pause,
    path: "pause",
  },
];
