import { mergeDocuments } from "./merge.ts";
import { ConfigFailure } from "./problem.ts";
import { readYaml, toPlain, toYaml } from "./yaml.ts";

type Plain = Readonly<Record<string, unknown>>;

/** Part of a config, as text; the file's name appears in problems. */
export interface Patch {
  readonly text: string;
  readonly file: string;
}

/**
 * Lays patches over a config, in order, each field by the rule of its description. Comments of the config are lost.
 * @throws ConfigFailure with places when a text is not YAML, or holds something else than maps.
 */
export function patchConfig(text: string, patches: readonly Patch[], file = "config.yaml"): string {
  const documents = patches.reduce<readonly Plain[]>(
    (base, patch) => mergeDocuments(base, mapsOf(patch.text, patch.file)),
    mapsOf(text, file),
  );
  return documents.map((document) => toYaml(document)).join("---\n");
}

function mapsOf(text: string, file: string): Plain[] {
  const { documents, problems } = readYaml(text);
  const misplaced = documents
    .filter(({ kind }) => kind !== "map")
    .map(({ line, column }) => ({ line, column, message: "expected a map of fields" }));
  const all = [...problems, ...misplaced].map((problem) => ({ path: "", severity: "error" as const, ...problem }));
  if (all.length > 0) throw new ConfigFailure(all, file);
  return documents.map((document) => toPlain(document) as Plain);
}
