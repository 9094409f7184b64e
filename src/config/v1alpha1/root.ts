import { boolean, oneOf, type SectionValue, section } from "../describe.ts";
import { cluster } from "./cluster.ts";
import { machine } from "./machine.ts";

/** The document without a kind: the machine and its cluster. */
export const root = section({
  doc: "Configuration of a machine.",
  since: "1.0",
  effect: "reboot",
  fields: {
    version: oneOf(["v1alpha1"], { doc: "Form of this document; always v1alpha1." }),
    debug: boolean({
      doc: "Write what services log to the console as well, and every pass of every controller to their log.",
      default: false,
      effect: "live",
    }),
    persist: boolean({ doc: "Keep the config on the machine's disk; must be true.", default: true }),
    machine,
    cluster,
  },
});

export type V1Alpha1 = SectionValue<typeof root.shape.fields>;
