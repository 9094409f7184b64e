import { Failure } from "../errors/failure.ts";
import { type AnyField, type Effect, type Shape, section } from "./describe.ts";
import { documentSections } from "./documents/index.ts";
import { suggest } from "./suggest.ts";
import { root } from "./v1alpha1/root.ts";
import { toYaml } from "./yaml.ts";

/** Everything that can be written: the v1alpha1 document's fields, and the other documents by kind. */
const top = section({ doc: root.doc, fields: { ...root.shape.fields, ...documentSections } });

interface Found {
  readonly path: string;
  readonly field: AnyField;
  /** The field's own, or that of the nearest section around it. */
  readonly effect: Effect | undefined;
}

/**
 * What is known of a field: `machine.network.interfaces.mtu`. Items of lists need no index, keys of maps are any word.
 * @throws Failure when there is no such field, with the one that was probably meant.
 */
export function explainField(path: string): string {
  const { field, effect } = findField(path);
  const lines = [path === "" ? field.doc : `${path}: ${typeName(field.shape)}`, ""];
  if (path !== "") lines.push(field.doc, "");
  lines.push(...facts(field, effect).map(([name, value]) => `${`${name}:`.padEnd(12)}${value}`));
  const children = Object.entries(childrenOf(field.shape));
  if (children.length > 0) {
    const rows = children.map(([name, child]) => [`${name}: ${typeName(child.shape)}`, child.doc] as const);
    const width = Math.max(...rows.map(([left]) => left.length));
    lines.push("Fields:", ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Reference of every field, as Markdown: one heading for each section, one row for each field. */
export function configReference(): string {
  const parts = ["# Machine configuration", ""];
  const waiting: Found[] = [{ path: "", field: root, effect: undefined }];
  for (const [path, field] of Object.entries(documentSections)) {
    waiting.push({ path, field, effect: field.effect });
  }
  while (waiting.length > 0) {
    const { path, field, effect } = waiting.shift() as Found;
    parts.push(`## ${path === "" ? "The v1alpha1 document" : `\`${path}\``}`, "", field.doc, "");
    parts.push("| Field | Type | Default | Change | What it is |", "|---|---|---|---|---|");
    const inner: Found[] = [];
    for (const [name, child] of Object.entries(childrenOf(field.shape))) {
      const own = child.effect ?? effect;
      const preset = child.default === undefined ? "" : `\`${JSON.stringify(child.default)}\``;
      const cells = [`\`${name}\``, typeName(child.shape), preset, own ?? "", child.doc];
      parts.push(`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
      const at = path === "" ? name : `${path}.${name}`;
      if (Object.keys(childrenOf(child.shape)).length > 0) inner.push({ path: at, field: child, effect: own });
    }
    parts.push("");
    waiting.unshift(...inner);
  }
  return parts.join("\n");
}

function findField(path: string): Found {
  let found: Found = { path: "", field: top, effect: undefined };
  for (const name of path.split(/[.[\]]+/).filter((part) => part !== "" && !/^\d+$/.test(part))) {
    const { shape } = found.field;
    const children = childrenOf(shape);
    const child = Object.hasOwn(children, name) ? children[name] : shape.kind === "map" ? shape.of : undefined;
    if (child === undefined) throw unknown(found.path, name, Object.keys(children));
    const at = found.path === "" ? name : `${found.path}.${name}`;
    found = { path: at, field: child, effect: child.effect ?? found.effect };
  }
  return found;
}

function unknown(parent: string, name: string, names: readonly string[]): Failure {
  const prefix = parent === "" ? "" : `${parent}.`;
  const meant = suggest(name, names);
  const hint =
    meant === undefined ? `There are ${names.join(", ") || "none below it"}` : `Did you mean ${prefix}${meant}?`;
  return new Failure(`Cannot explain "${prefix}${name}": there is no such field`, { hint });
}

/** The fields of a section, also when it is an item of a list or map. */
function childrenOf(shape: Shape): Readonly<Record<string, AnyField>> {
  if (shape.kind === "section") return shape.fields;
  return shape.kind === "list" || shape.kind === "map" ? childrenOf(shape.of.shape) : {};
}

function facts(field: AnyField, effect: Effect | undefined): (readonly [string, string])[] {
  const { shape, merge } = field;
  const rows: (readonly [string, string | undefined])[] = [
    ["Values", shape.kind === "scalar" ? shape.words?.join(", ") : undefined],
    ["Default", field.default === undefined ? undefined : JSON.stringify(field.default)],
    [
      "Example",
      field.example === undefined ? undefined : toYaml(field.example).trim().replaceAll("\n", "\n            "),
    ],
    ["Since", field.since],
    ["Change", effect],
    [
      "Patches",
      merge === undefined ? undefined : merge === "replace" ? "replace it" : `meet by ${merge.keys.join(" or ")}`,
    ],
    ["Deprecated", field.deprecated],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function typeName(shape: Shape): string {
  if (shape.kind === "scalar") return shape.type;
  if (shape.kind === "list" || shape.kind === "map") return `${shape.kind} of ${typeName(shape.of.shape)}`;
  return shape.kind;
}
