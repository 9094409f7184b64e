import { sectionOf, unknownKind } from "./parse.ts";
import { ConfigFailure, type Problem } from "./problem.ts";
import { FieldReader } from "./reader.ts";
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
  const hasVersion = node.entries.some(({ key, value }) => key === "apiVersion" && toPlain(value) === "v1alpha1");
  if (kind !== undefined && !hasVersion) at.child("apiVersion").error(node, "missing, expected v1alpha1");
  const section = kind === undefined ? root : sectionOf(kind);
  if (section === undefined) at.child("kind").error(kindNode ?? node, unknownKind(kind ?? ""));
  section?.read(rest, kind === undefined ? at : at.child(kind));
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
