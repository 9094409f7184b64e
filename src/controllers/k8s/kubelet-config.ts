import { images, type MachineConfig } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { KubeletConfig } from "../../resources/k8s/kubelet-config.ts";
import { StaticPodServerStatus } from "../../resources/k8s/static-pod-server-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { documentOrUndefined } from "./document.ts";
import { dnsAddressOf } from "./service-addresses.ts";

/** Says what the configuration wants of the kubelet. */
export const kubeletConfigController = () =>
  defineController({
    name: "k8s.KubeletConfigController",
    inputs: [activeConfigInput, { kind: StaticPodServerStatus, strength: "weak" }],
    outputs: [{ kind: KubeletConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const server = await context.get(StaticPodServerStatus, "static-pod-server-status");
      if (config === undefined || server === undefined) return;
      const { kubelet, features } = config.machine;
      const { network, externalCloudProvider, allowSchedulingOnControlPlanes } = config.cluster;
      const clusterDNS = kubelet.clusterDNS.filter((address) => address !== undefined);
      const extraConfig = documentOrUndefined(kubelet.extraConfig);
      const credentialProviderConfig = documentOrUndefined(kubelet.credentialProviderConfig);
      await context.put(KubeletConfig, "kubelet", {
        image: kubelet.image ?? images.kubelet,
        clusterDNS: clusterDNS.length > 0 ? clusterDNS : network.serviceSubnets.map(dnsAddressOf),
        clusterDomain: network.dnsDomain,
        extraArgs: kubelet.extraArgs,
        extraMounts: kubelet.extraMounts.map(extraMount),
        ...(extraConfig === undefined ? {} : { extraConfig }),
        ...(credentialProviderConfig === undefined ? {} : { credentialProviderConfig }),
        cloudProviderExternal: externalCloudProvider.enabled,
        defaultRuntimeSeccompEnabled: kubelet.defaultRuntimeSeccompProfileEnabled,
        skipNodeRegistration: kubelet.skipNodeRegistration,
        staticPodListURL: server.spec.url,
        disableManifestsDirectory: kubelet.disableManifestsDirectory,
        enableFSQuotaMonitoring: features.diskQuotaSupport,
        allowSchedulingOnControlPlane: allowSchedulingOnControlPlanes,
      });
    },
  });

type ExtraMount = MachineConfig["machine"]["kubelet"]["extraMounts"][number];

const extraMount = ({ destination = "", type = "bind", source = "", ...mount }: ExtraMount) => ({
  destination,
  type,
  source,
  options: mount.options.filter((option) => option !== undefined),
  uidmappings: mount.uidMappings.map(idMapping),
  gidmappings: mount.gidMappings.map(idMapping),
});

const idMapping = ({ containerID, hostID, size }: ExtraMount["uidMappings"][number]) => ({
  containerid: containerID,
  hostid: hostID,
  size,
});
