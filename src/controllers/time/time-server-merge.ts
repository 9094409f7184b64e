import { defineController } from "../../cosi/controller.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { TimeServerStatus } from "../../resources/network/time-server-status.ts";

const namespace = "network-config";
/** Whose word counts: the later, the more. */
const layers: readonly TimeServerSpec["layer"][] = ["default", "cmdline", "platform", "operator", "configuration"];

/** Chooses among all wishes for time servers. Those of several operators of one layer come together. */
export const timeServerMergeController = () =>
  defineController({
    name: "network.TimeServerMergeController",
    inputs: [{ kind: TimeServerSpec, namespace, strength: "weak" }],
    outputs: [
      { kind: TimeServerSpec, sharing: "shared" },
      { kind: TimeServerStatus, sharing: "exclusive" },
    ],
    async reconcile(context) {
      const specs = (await context.list(TimeServerSpec, { namespace })).filter(
        ({ metadata }) => metadata.phase === "running",
      );
      const layer = layers.findLast((candidate) => specs.some(({ spec }) => spec.layer === candidate));
      if (layer === undefined) return;
      const chosen = specs.filter(({ spec }) => spec.layer === layer).flatMap(({ spec }) => spec.timeServers);
      const timeServers = [...new Set(chosen)];
      await context.put(TimeServerSpec, "timeservers", { timeServers, layer });
      await context.put(TimeServerStatus, "timeservers", { timeServers });
    },
  });
