import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** The name of this machine's node. */
export const Nodename = defineResource({
  type: "Nodenames.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    nodename: string(1),
    hostnameVersion: string(2),
    skipNodeRegistration: boolean(3),
  },
  columns: { Nodename: "{.nodename}" },
});

export type Nodename = typeof Nodename.Type;
