import { sharedAddresses } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { NodeIPConfig } from "../../resources/k8s/node-ip-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/**
 * Says which addresses the kubelet may announce. Those of pods and services never: they belong to the cluster, and
 * those that control planes share go from one to another. Unless the configuration says more, the families are those of
 * the services, the first one first.
 */
export const nodeIpConfigController = () =>
  defineController({
    name: "k8s.NodeIPConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: NodeIPConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const { podSubnets, serviceSubnets } = config.cluster.network;
      const chosen = config.machine.kubelet.nodeIP.validSubnets.filter((prefix) => prefix !== undefined);
      await context.put(NodeIPConfig, "kubelet", {
        validSubnets: chosen.length > 0 ? chosen : serviceSubnets.map(familyOf),
        excludeSubnets: [...podSubnets, ...serviceSubnets, ...sharedAddresses(config)],
      });
    },
  });

/** Every address of a prefix's family. */
const familyOf = (prefix: string): string => (prefix.includes(":") ? "::/0" : "0.0.0.0/0");
