import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";
import { configLayer } from "./config-names.ts";

/** A host name that the machine should have. */
export const HostnameSpec = defineResource({
  type: "HostnameSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    hostname: string(1),
    domainname: string(2),
    layer: configLayer(3),
  },
});

export type HostnameSpec = typeof HostnameSpec.Type;
