import { defineResource } from "../define.ts";
import { duration, int64, message, string } from "../fields/index.ts";
import { configLayer } from "./config-names.ts";

const tcpProbeFields = {
  endpoint: string(1),
  timeout: duration(2),
};

/** A connection that is tried again and again to know whether the network works. */
export const ProbeSpec = defineResource({
  type: "ProbeSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    interval: duration(1),
    failureThreshold: int64(2),
    tcp: message(3, tcpProbeFields).optional(),
    layer: configLayer(4),
  },
});

export type ProbeSpec = typeof ProbeSpec.Type;
