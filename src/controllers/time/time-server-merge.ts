import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { mergeController } from "../merge.ts";

/** Chooses among all wishes for time servers. Those of several operators of one layer come together. */
export const timeServerMergeController = () =>
  mergeController({
    name: "network.TimeServerMergeController",
    kind: TimeServerSpec,
    merge: (wanted) => {
      const layer = wanted.findLast(({ timeServers }) => timeServers.length > 0)?.layer;
      if (layer === undefined) return new Map();
      const timeServers = wanted.filter((spec) => spec.layer === layer).flatMap((spec) => spec.timeServers);
      return new Map([["timeservers", { timeServers: [...new Set(timeServers)], layer }]]);
    },
  });
