import { family } from "../../command.ts";
import { defaults } from "./default.ts";
import { list } from "./list.ts";
import { pull } from "./pull.ts";

export const image = family({
  name: "image",
  aliases: ["images"],
  summary: "Container images of a cluster",
  group: "manage",
  commands: [defaults, list, pull],
});
