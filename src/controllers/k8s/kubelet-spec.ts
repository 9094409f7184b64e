import { defineController } from "../../cosi/controller.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { KubeletConfig } from "../../resources/k8s/kubelet-config.ts";
import { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import { NodeIP } from "../../resources/k8s/node-ip.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { credentialProviderPrograms, kubeletFiles } from "../kubelet-files.ts";
import { warnOnce } from "../warn-once.ts";
import { featureGates } from "./feature-gates.ts";
import { type KubeletPlace, kubeletConfiguration } from "./kubelet-configuration.ts";

/** Flags that say where our own files are, or that the runtime is ours. */
const reservedFlags = [
  ...["config", "cert-dir", "bootstrap-kubeconfig", "kubeconfig"],
  ...["container-runtime", "container-runtime-endpoint"],
];

export type KubeletSpecOptions = Partial<Pick<KubeletPlace, "sharedKernel" | "cgroupVersion1">>;

/** Decides how the kubelet runs here: its flags and its configuration file. */
export const kubeletSpecController = ({ sharedKernel = false, cgroupVersion1 = false }: KubeletSpecOptions = {}) => {
  const warn = warnOnce();
  return defineController({
    name: "k8s.KubeletSpecController",
    inputs: [
      { kind: KubeletConfig, id: "kubelet", strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      { kind: NodeIP, id: "kubelet", strength: "weak" },
      { kind: MachineType, id: "machine-type", strength: "weak" },
    ],
    outputs: [{ kind: KubeletSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = (await context.get(KubeletConfig, "kubelet"))?.spec;
      const nodename = (await context.get(Nodename, "nodename"))?.spec.nodename;
      const addresses = (await context.get(NodeIP, "kubelet"))?.spec.addresses;
      const machineType = (await context.get(MachineType, "machine-type"))?.spec.type;
      if (config === undefined || nodename === undefined || machineType === undefined) return;
      const { extraArgs = {}, extraMounts = [], credentialProviderConfig } = config;
      // Who chooses the address is not held up by our search for one.
      if (addresses === undefined && extraArgs["node-ip"] === undefined) return;
      const reserved = Object.keys(extraArgs).filter((name) => reservedFlags.includes(name));
      const isIgnoring = reserved.length > 0;
      warn(
        context,
        isIgnoring ? `ignoring kubelet.extraArgs that are not to be set: ${reserved.join(", ")}` : undefined,
      );
      await context.put(KubeletSpec, "kubelet", {
        image: config.image,
        args: Object.entries(flagsOf(config, nodename, addresses ?? [])).map(([name, value]) => `--${name}=${value}`),
        extraMounts,
        // With a name of the owner's choice, any certificate that the kubelet got is as good.
        ...(extraArgs["hostname-override"] === undefined ? { expectedNodename: nodename } : {}),
        config: kubeletConfiguration(config, { controlPlane: machineType !== "worker", sharedKernel, cgroupVersion1 }),
        ...(credentialProviderConfig === undefined ? {} : { credentialProviderConfig }),
      });
    },
  });
};

function flagsOf(config: KubeletConfig, nodename: string, addresses: readonly string[]): Record<string, string> {
  const { image, extraArgs = {}, skipNodeRegistration, cloudProviderExternal, credentialProviderConfig } = config;
  const gates = extraArgs["feature-gates"];
  return {
    "hostname-override": nodename,
    "node-ip": addresses.join(","),
    // What is not known before it has registered: the provider takes this taint away.
    ...(cloudProviderExternal ? { "cloud-provider": "external" } : {}),
    ...Object.fromEntries(Object.entries(extraArgs).filter(([name]) => !reservedFlags.includes(name))),
    ...(gates === undefined ? {} : { "feature-gates": featureGates(gates, image) }),
    config: kubeletFiles.config,
    "cert-dir": kubeletFiles.pki,
    ...(skipNodeRegistration
      ? {}
      : {
          "bootstrap-kubeconfig": kubeletFiles.bootstrapKubeconfig,
          kubeconfig: kubeletFiles.kubeconfig,
        }),
    ...(credentialProviderConfig === undefined
      ? {}
      : {
          "image-credential-provider-bin-dir": credentialProviderPrograms,
          "image-credential-provider-config": kubeletFiles.credentialProviders,
        }),
  };
}
