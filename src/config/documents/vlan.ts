import { integer, oneOf, section, string } from "../describe.ts";
import { linkName } from "../formats.ts";
import { linkFields, linkNameField } from "./link-fields.ts";

/** `VLANConfig`: a tagged link on top of another. */
export const vlanConfig = section({
  doc: "Makes a tagged link on top of another one.",
  since: "1.12",
  effect: "live",
  fields: {
    name: linkNameField,
    vlanID: integer({ doc: "The tag.", minimum: 1, maximum: 4_094, required: true, example: 34 }),
    vlanMode: oneOf(["802.1q", "802.1ad"], { doc: "Kind of tag; 802.1q when empty." }),
    parent: string({ doc: "Link it is on, by name or alias.", check: linkName, required: true, example: "enp0s3" }),
    ...linkFields,
  },
});
