import { type AnyField, type Section, section, string } from "./describe.ts";
import { documentSections, exclusiveKinds, isDocumentKind } from "./documents/index.ts";
import type { ConfigDocument, MachineConfig } from "./machine-config.ts";
import { ConfigFailure, type Problem } from "./problem.ts";
import { FieldReader } from "./reader.ts";
import { suggest } from "./suggest.ts";
import { root } from "./v1alpha1/root.ts";
import { readYaml, toPlain, type YamlEntry, type YamlMap, type YamlNode } from "./yaml.ts";

export interface ParseOptions {
  /** How problems name the text. */
  readonly file?: string;
}

/**
 * Reads a machine configuration, of one document or several.
 * @throws ConfigFailure with every error found, each with file, line, column and field.
 */
export function parseMachineConfig(text: string, { file = "config" }: ParseOptions = {}): MachineConfig {
  const problems: Problem[] = [];
  const at = new FieldReader(problems);
  const yaml = readYaml(text);
  for (const { message, ...position } of yaml.problems) at.error(position, message);
  if (yaml.documents.length === 0 && yaml.problems.length === 0) at.error({ line: 1, column: 1 }, "the file is empty");

  let node: YamlMap | undefined;
  const documents: ConfigDocument[] = [];
  for (const document of yaml.documents) {
    const map = asMap(document, at);
    if (map === undefined) continue;
    if (!hasKey(map, "kind")) {
      if (node !== undefined) at.error(map, "a second v1alpha1 document; the first is further up");
      node ??= map;
    } else documents.push(readDocument(map, at));
  }
  checkDuplicates(documents, at);
  const v1alpha1 = root.read(node, at);
  if (node !== undefined && v1alpha1.version === undefined)
    at.child("version").error(node, "missing, expected v1alpha1");
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ConfigFailure(errors.toSorted(byPlace), file);
  return { ...v1alpha1, text, file, documents, node, warnings: problems.toSorted(byPlace) };
}

/** Fields every document has. */
export const header = {
  apiVersion: string({ doc: "Version of the document's form." }),
  kind: string({ doc: "What the document describes." }),
};

function readDocument(node: YamlMap, at: FieldReader): ConfigDocument {
  const kind = String(plainAt(node, "kind") ?? "");
  const name = String(plainAt(node, "name") ?? "");
  const version = plainAt(node, "apiVersion");
  if (version !== "v1alpha1") {
    at.child("apiVersion").error(
      valueAt(node, "apiVersion") ?? node,
      `expected v1alpha1, found ${JSON.stringify(version)}`,
    );
  }
  const section = sectionOf(kind);
  if (section === undefined) at.child("kind").error(valueAt(node, "kind") ?? node, unknownKind(kind));
  return { kind, name, node, value: section?.read(node, at.child(kind)) };
}

/** What a document of this kind has, its header included; undefined when there is no such kind. */
export function sectionOf(kind: string): Section<Readonly<Record<string, AnyField>>> | undefined {
  if (!isDocumentKind(kind)) return undefined;
  return section({ doc: "", fields: { ...header, ...documentSections[kind].shape.fields } });
}

export function unknownKind(kind: string): string {
  const meant = suggest(kind, Object.keys(documentSections));
  return `unknown document ${JSON.stringify(kind)}${meant === undefined ? "" : `, did you mean "${meant}"?`}`;
}

function checkDuplicates(documents: readonly ConfigDocument[], at: FieldReader): void {
  const seen = new Map<string, ConfigDocument>();
  for (const document of documents) {
    const { kind, name, node } = document;
    const key = idOf(kind, name);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, document);
    else at.error(node, `${key} is given twice; first on line ${first.node.line}`);
    for (const other of exclusiveKinds.find((kinds) => kinds.some((one) => one === kind)) ?? []) {
      const rival = other === kind ? undefined : seen.get(idOf(other, name));
      if (rival === undefined) continue;
      at.error(node, `${key} excludes ${idOf(other, name)} on line ${rival.node.line}: both would set up one thing`);
    }
  }
}

const idOf = (kind: string, name: string): string => `${kind} ${name}`.trim();

function asMap(node: YamlNode, at: FieldReader): YamlMap | undefined {
  if (node.kind === "map") return node;
  at.error(node, `expected a map of fields, found ${node.kind === "list" ? "a list" : "a single value"}`);
  return undefined;
}

const entryOf = (node: YamlMap, key: string): YamlEntry | undefined => node.entries.find((entry) => entry.key === key);
const hasKey = (node: YamlMap, key: string): boolean => entryOf(node, key) !== undefined;
const valueAt = (node: YamlMap, key: string): YamlNode | undefined => entryOf(node, key)?.value;

function plainAt(node: YamlMap, key: string): unknown {
  const value = valueAt(node, key);
  return value === undefined ? undefined : toPlain(value);
}

const byPlace = (left: Problem, right: Problem): number => left.line - right.line || left.column - right.column;
