import { Version } from "../../resources/runtime/version.ts";
import { TAG } from "../../version.ts";
import { factController } from "./fact.ts";

/** Shows the version, by which clients tell what this machine can do. */
export const versionController = () =>
  factController({
    name: "runtime.VersionController",
    kind: Version,
    id: "version",
    read: () => ({ version: TAG }),
  });
