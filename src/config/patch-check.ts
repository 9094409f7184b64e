import { section } from "./describe.ts";
import { documentSections, isDocumentKind, keptKinds } from "./documents/index.ts";
import { header } from "./parse.ts";
import { ConfigFailure, type Problem } from "./problem.ts";
import { FieldReader } from "./reader.ts";
import { suggest } from "./suggest.ts";
import { root } from "./v1alpha1/root.ts";
import { toPlain, type YamlMap, type YamlNode } from "./yaml.ts";

/**
 * Reads a document of a patch field by field, so that a mistake is told where it was made, not where it ended up.
 * @throws ConfigFailure with every mistake.
 */
export function checkPatchDocument(node: YamlMap, file: string): void {
  const problems: Problem[] = [];
  const at = new FieldReader(problems);
  const rest = withoutDeletions(node) as YamlMap;
  const kindNode = node.entries.find(({ key }) => key === "kind")?.value;
  const kind = kindNode === undefined ? undefined : String(toPlain(kindNode));
  if (kind === undefined) root.read(rest, at);
  else if (isDocumentKind(kind)) {
    section({ doc: "", fields: { ...header, ...documentSections[kind].shape.fields } }).read(rest, at.child(kind));
  } else if (!keptKinds.includes(kind)) {
    const meant = suggest(kind, [...keptKinds, ...Object.keys(documentSections)]);
    const hint = meant === undefined ? "" : `, did you mean "${meant}"?`;
    at.child("kind").error(kindNode ?? node, `unknown document ${JSON.stringify(kind)}${hint}`);
  }
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ConfigFailure(errors, file);
}

function withoutDeletions(node: YamlNode): YamlNode {
  if (node.kind === "scalar") return node;
  if (node.kind === "list") return { ...node, items: node.items.filter(isKept).map(withoutDeletions) };
  const entries = node.entries.filter(({ key, value }) => key !== "$patch" && isKept(value));
  return { ...node, entries: entries.map((entry) => ({ ...entry, value: withoutDeletions(entry.value) })) };
}

const isKept = (node: YamlNode): boolean =>
  node.kind !== "map" ||
  !node.entries.some(({ key, value }) => key === "$patch" && value.kind === "scalar" && value.value === "delete");
