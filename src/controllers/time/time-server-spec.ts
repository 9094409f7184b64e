import { defineController } from "../../cosi/controller.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { TimeServerStatus } from "../../resources/network/time-server-status.ts";

/** Shows which time servers the machine asks. */
export const timeServerSpecController = () =>
  defineController({
    name: "network.TimeServerSpecController",
    inputs: [{ kind: TimeServerSpec, id: "timeservers", strength: "weak" }],
    outputs: [{ kind: TimeServerStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const timeServers = (await context.get(TimeServerSpec, "timeservers"))?.spec.timeServers;
      if (timeServers !== undefined) await context.put(TimeServerStatus, "timeservers", { timeServers });
    },
  });
