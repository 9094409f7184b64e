import { family } from "../../command.ts";
import { add } from "./add.ts";
import { context, contexts, endpoint, node } from "./contexts.ts";
import { info } from "./info.ts";
import { merge } from "./merge.ts";
import { newConfig } from "./new.ts";
import { remove } from "./remove.ts";

export const config = family({
  name: "config",
  summary: "Manage the client configuration (talosconfig)",
  group: "manage",
  commands: [add, context, contexts, endpoint, info, merge, newConfig, node, remove],
});
