import { defineController } from "../../cosi/controller.ts";
import { Info } from "../../resources/cluster/info.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Says which cluster this machine belongs to. */
export const clusterInfoController = () =>
  defineController({
    name: "cluster.InfoController",
    inputs: [activeConfigInput],
    outputs: [{ kind: Info, sharing: "exclusive" }],
    async reconcile(context) {
      const cluster = (await activeConfig(context))?.cluster;
      if (cluster === undefined) return;
      await context.put(Info, "current", { clusterId: cluster.id ?? "", clusterName: cluster.clusterName ?? "" });
    },
  });
