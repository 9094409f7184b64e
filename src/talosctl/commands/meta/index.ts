import { family } from "../../command.ts";
import { remove } from "./delete.ts";
import { write } from "./write.ts";

export const meta = family({
  name: "meta",
  summary: "Change what a machine keeps beside its config",
  group: "manage",
  commands: [write, remove],
});
