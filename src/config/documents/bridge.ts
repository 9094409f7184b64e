import { boolean, list, section, string } from "../describe.ts";
import { linkName } from "../formats.ts";
import { hardwareAddress, linkFields, linkNameField } from "./link-fields.ts";

/** `BridgeConfig`: a switch inside the machine. */
export const bridgeConfig = section({
  doc: "Makes a bridge: a switch inside the machine, with links as its ports.",
  since: "1.12",
  effect: "live",
  fields: {
    name: linkNameField,
    hardwareAddr: hardwareAddress,
    links: list(string({ doc: "Link.", check: linkName }), {
      doc: "Its ports, by name or alias.",
      example: ["enp1s3", "enp1s2"],
    }),
    stp: section({
      doc: "Spanning tree, against loops between switches.",
      fields: { enabled: boolean({ doc: "Turn it on." }) },
    }),
    vlan: section({
      doc: "Tags.",
      fields: { filtering: boolean({ doc: "Let each port have only its tags." }) },
    }),
    ...linkFields,
  },
});
