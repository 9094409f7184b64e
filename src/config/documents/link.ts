import { section, string } from "../describe.ts";
import { linkSelector } from "../expressions/environments.ts";
import { hardwareAddress, linkFields, linkNameField } from "./link-fields.ts";

/** `LinkConfig`: a link that is there already, mostly hardware. */
export const linkConfig = section({
  doc: "What a network link that exists already gets: addresses, routes, MTU.",
  since: "1.12",
  effect: "live",
  fields: { name: linkNameField, ...linkFields },
});

/** `DummyLinkConfig`: a link that leads nowhere and always is up. */
export const dummyLinkConfig = section({
  doc: "Makes a link that leads nowhere, to hold addresses that are always there.",
  since: "1.12",
  effect: "live",
  fields: { name: linkNameField, hardwareAddr: hardwareAddress, ...linkFields },
});

/** `LinkAliasConfig`: a name of our own for a link, found by what it is. */
export const linkAliasConfig = section({
  doc: "Gives a link a name of your choice, whatever the kernel calls it.",
  since: "1.12",
  effect: "live",
  fields: {
    name: string({ doc: "The alias; other documents name the link by it.", required: true, example: "net0" }),
    selector: section({
      doc: "Picks the link; it must match exactly one.",
      fields: {
        match: string({
          doc: "Expression over `link` that is true for the one meant.",
          check: linkSelector,
          required: true,
          example: 'glob("00:1a:2b:*", mac(link.permanent_addr))',
        }),
      },
    }),
  },
});
