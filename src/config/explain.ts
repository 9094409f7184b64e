import { Failure } from "../errors/failure.ts";
import { type AnyField, type Effect, section } from "./describe.ts";
import { documentSections, isDocumentKind } from "./documents/index.ts";
import { exampleDocument } from "./example.ts";
import { fieldsOf, outermost, type PlacedField, placed } from "./fields.ts";
import { suggest } from "./suggest.ts";
import { typeName } from "./type-name.ts";
import { root } from "./v1alpha1/root.ts";
import { toYaml } from "./yaml.ts";

/** Everything that can be written: the v1alpha1 document's fields, and the other documents by kind. */
const top = section({
  doc: root.doc,
  since: "1.0",
  effect: "reboot",
  fields: { ...root.shape.fields, ...documentSections },
});

/**
 * What is known of a field: `machine.network.interfaces.mtu`. Items of lists need no index, keys of maps are any word.
 * @throws Failure when there is no such field, with the one that was probably meant.
 */
export function explainField(path: string): string {
  const { field, effect, since } = findField(path);
  const lines = [path === "" ? field.doc : `${path}: ${typeName(field.shape)}`, ""];
  if (path !== "") lines.push(field.doc, "");
  lines.push(...facts(field, effect, since).map(([name, value]) => `${`${name}:`.padEnd(12)}${value}`));
  const children = Object.entries(fieldsOf(field.shape));
  if (children.length > 0) {
    const rows = children.map(([name, child]) => [`${name}: ${typeName(child.shape)}`, child.doc] as const);
    const width = Math.max(...rows.map(([left]) => left.length));
    lines.push("Fields:", ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`));
  }
  const example = isDocumentKind(path) ? exampleDocument(path) : undefined;
  if (example !== undefined) lines.push("", "Example:", example.replace(/^(?=.)/gm, "  "));
  return `${lines.join("\n").trimEnd()}\n`;
}

function findField(path: string): PlacedField {
  let found = outermost("", top);
  for (const name of path.split(/[.[\]]+/).filter((part) => part !== "" && !/^\d+$/.test(part))) {
    const { shape } = found.field;
    const children = fieldsOf(shape);
    const child = Object.hasOwn(children, name) ? children[name] : shape.kind === "map" ? shape.of : undefined;
    if (child === undefined) throw unknown(found.path, name, Object.keys(children));
    found = placed(found, name, child);
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

function facts(field: AnyField, effect: Effect | undefined, since: string | undefined): (readonly [string, string])[] {
  const { shape, merge } = field;
  const rows: (readonly [string, string | undefined])[] = [
    ["Values", shape.kind === "scalar" ? shape.words?.join(", ") : undefined],
    ["Default", field.default === undefined ? undefined : JSON.stringify(field.default)],
    [
      "Example",
      field.example === undefined ? undefined : toYaml(field.example).trim().replaceAll("\n", "\n            "),
    ],
    ["Required", field.required ? "yes" : undefined],
    ["Since", since],
    ["Change", effect],
    [
      "Patches",
      merge === undefined ? undefined : merge === "replace" ? "replace it" : `meet by ${merge.keys.join(" or ")}`,
    ],
    ["Document", field.replacedBy === undefined ? undefined : `${field.replacedBy} says the same, and more`],
    ["Deprecated", field.deprecated],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
