import { join } from "node:path";
import { Glob } from "bun";

const sources = join(import.meta.dir, "../../src/resources");

/** What the comment above each type of resources says, by the type's full name. */
export async function typeComments(): Promise<ReadonlyMap<string, string>> {
  const comments = new Map<string, string>();
  for await (const path of new Glob("*/*.ts").scan({ cwd: sources })) {
    const text = await Bun.file(join(sources, path)).text();
    for (const definition of text.matchAll(
      /\/\*\*((?:(?!\*\/).)*)\*\/\nexport const \w+ = define\w+(?:<\w+>)?\(\s*\{[^}]*?\btype: "([^"]+)"/gs,
    )) {
      const [, comment = "", type = ""] = definition;
      comments.set(type, comment.replaceAll(/\s*\n\s*\*\s?/g, " ").trim());
    }
  }
  return comments;
}
