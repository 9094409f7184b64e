import { Failure } from "../../errors/failure.ts";
import type { Client } from "../client/client.ts";
import { errorText } from "../client/node-failure.ts";
import { activeConfig, activeConfigPath } from "./active-config.ts";
import { type ApplyOptions, appliedLines, applyToNode } from "./apply.ts";
import { checkSyntax } from "./check-syntax.ts";
import { EditedFile } from "./edited-file.ts";
import { saysTheSame } from "./says-the-same.ts";

/**
 * Lets the user edit the config in force on a node until the node takes it, or the user gives up.
 * @returns lines that tell what became of it.
 * @throws Failure when the editor fails, or the user gives up a change that was refused: it says where the change is.
 */
export async function editNode(
  client: Client,
  node: string,
  options: ApplyOptions & { readonly namespace?: string | undefined },
): Promise<string[]> {
  const prefix = client.nodes.length > 1 ? `${node}: ` : "";
  const before = await activeConfig(client, node, options);
  await using file = await EditedFile.create();
  let text = before;
  let refusal: string | undefined;
  for (;;) {
    const edited = await file.edit(text, notes(node, refusal), options.signal);
    if (edited.trim() === "") return [`${prefix}Apply was skipped: empty file.`];
    if (saysTheSame(edited, before)) return [`${prefix}Apply was skipped: no changes detected.`];
    if (refusal !== undefined && saysTheSame(edited, text)) {
      throw new Failure(`Cannot apply the change: ${refusal}`, { hint: `The change is kept in ${file.keep()}` });
    }
    text = edited;
    try {
      checkSyntax(edited, "config");
      return appliedLines(await applyToNode(client, node, edited, options), client);
    } catch (thrown) {
      if (options.signal.aborted) {
        throw new Failure("Cannot finish: interrupted", {
          cause: thrown,
          hint: `The change is kept in ${file.keep()}`,
        });
      }
      refusal = errorText(thrown);
    }
  }
}

function notes(node: string, refusal: string | undefined): string[] {
  const usual = [
    `Config of ${node} (${activeConfigPath}). What you save is applied;`,
    "saved unchanged or empty, it leaves the machine as it is.",
  ];
  if (refusal === undefined) return usual;
  return [...usual, "", "It was refused; lines count from below this comment:", ...refusal.split("\n")];
}
