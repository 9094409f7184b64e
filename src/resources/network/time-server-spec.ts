import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";
import { configLayer } from "./config-names.ts";

/** Time servers that should be used. */
export const TimeServerSpec = defineResource({
  type: "TimeServerSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    timeServers: string(1).list(),
    layer: configLayer(2),
  },
});

export type TimeServerSpec = typeof TimeServerSpec.Type;
