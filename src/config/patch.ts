import { Failure } from "../errors/failure.ts";
import { mergeDocuments } from "./merge.ts";
import { ConfigFailure } from "./problem.ts";
import { readYaml, toPlain, toYaml, type YamlNode } from "./yaml.ts";

export interface Patch {
  /** Documents that are laid over those of the config. */
  readonly text: string;
  /** How errors name it. */
  readonly file: string;
}

/**
 * Lays patches over a config, in order. The result is written anew, without comments.
 * @throws Failure naming the patch that is not one.
 */
export function applyPatches(config: string, patches: readonly Patch[]): string {
  let documents = documentsIn({ text: config, file: "config" });
  for (const patch of patches) documents = mergeDocuments(documents, documentsIn(patch));
  return documents.map((document) => toYaml(document)).join("---\n");
}

function documentsIn({ text, file }: Patch): Readonly<Record<string, unknown>>[] {
  const { documents, problems } = readYaml(text);
  if (problems.length > 0) {
    throw new ConfigFailure(
      problems.map((problem) => ({ ...problem, severity: "error", path: "" })),
      file,
    );
  }
  return documents.map((node) => asMap(node, file));
}

function asMap(node: YamlNode, file: string): Readonly<Record<string, unknown>> {
  if (node.kind === "map") return toPlain(node) as Readonly<Record<string, unknown>>;
  if (node.kind === "list") {
    throw new Failure(`Cannot use ${file}: JSON patches do not fit configs of several documents`, {
      hint: "Write the part of the config that changes, with its parents",
    });
  }
  throw new Failure(`Cannot use ${file}: it is not part of a config`);
}
