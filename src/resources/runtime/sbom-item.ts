import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** A piece of software in the image. */
export const SBOMItem = defineResource({
  type: "SBOMItems.talos.dev",
  aliases: ["sbom", "sboms"],
  namespace: "runtime",
  spec: {
    name: string(1),
    version: string(2),
    license: string(3).optional(),
    cpes: string(4).list().optional(),
    purls: string(5).list().optional(),
    extension: boolean(6).optional(),
  },
  columns: { Version: "{.version}", License: "{.license}", Extension: "{.extension}" },
});

export type SBOMItem = typeof SBOMItem.Type;
