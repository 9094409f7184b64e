import { plain } from "../../src/config/markdown.ts";
import type { ResourceType } from "../../src/resources/define.ts";
import type { CodecShape } from "../../src/resources/fields/codec.ts";
import type { Field, Fields } from "../../src/resources/fields/field.ts";
import { isInline } from "../../src/resources/fields/message.ts";
import { allTypes } from "../../src/resources/registry.ts";
import { anchor, blocks, code, link, type Page, sentence, table } from "./markdown.ts";
import { typeComments } from "./type-comments.ts";

/** Every type of resources: one table of all, then a page for each area. */
export async function resourcePages(): Promise<Page[]> {
  const comments = await typeComments();
  const docOf = ({ type }: ResourceType) => plain(sentence(comments.get(type) ?? ""));
  const areas = Map.groupBy(allTypes, areaOf);
  const rows = allTypes
    .toSorted((left, right) => (left.displayType < right.displayType ? -1 : 1))
    .map((type) => {
      const target = `resources/${areaOf(type)}.md#${anchor(type.displayType)}`;
      return [
        link(code(type.displayType), target),
        type.aliases.map(code).join(", "),
        code(type.namespace),
        docOf(type),
      ];
    });
  const contents = blocks(
    "# Resources",
    "Everything that a machine is and should be is a resource. `talosctl get <type>` shows those of a type, by any of its names; `talosctl get rd` lists the types of a machine.",
    `By area: ${[...areas.keys()].map((area) => link(area, `resources/${area}.md`)).join(", ")}. There the fields of each are told, with their numbers in the messages that the API sends.`,
    table(["Type", "Also", "Namespace", "What it is"], rows),
  );
  return [
    { path: "resources.md", text: contents },
    ...[...areas].map(([area, types]) => ({ path: `resources/${area}.md`, text: areaPage(area, types, docOf) })),
  ];
}

/** `net` of `AddressStatuses.net.talos.dev`, and `talos` of `Links.talos.dev`. */
const areaOf = ({ type }: ResourceType): string => type.split(".")[1] ?? "";

const domainOf = (area: string): string => (area === "talos" ? "talos.dev" : `${area}.talos.dev`);

function areaPage(area: string, types: readonly ResourceType[], docOf: (type: ResourceType) => string): string {
  const sections = types.flatMap((type) => [
    `## ${type.displayType}`,
    docOf(type),
    facts(type)
      .map(([name, fact]) => `- ${name}: ${fact}`)
      .join("\n"),
    Object.keys(type.fields).length === 0 ? "Its spec is a document." : fieldTable(type.fields),
  ]);
  return blocks(
    `# Resources of ${code(domainOf(area))}`,
    `All types are in [one table](../resources.md).`,
    ...sections,
  );
}

function facts({ type, allAliases, namespace, sensitive, columns }: ResourceType): string[][] {
  return [
    ["Type", code(type)],
    ["Names", allAliases.map(code).join(", ")],
    ["Namespace", code(namespace)],
    ...(sensitive ? [["Sensitive", "only `os:admin` may read it"]] : []),
    ...(columns.length > 0 ? [["Columns", columns.map(({ name, path }) => `${name} ${code(path)}`).join(", ")]] : []),
  ];
}

function fieldTable(fields: Fields): string {
  return table(["Field", "Number", "Type", "Shown", "What it is"], [...fieldRows("", fields)]);
}

const presences = { always: "", nonZero: "unless empty", present: "when set" };

/** A field, then those inside it: `peers[].endpoint`. */
function* fieldRows(prefix: string, fields: Fields): Generator<string[]> {
  for (const [name, field] of Object.entries(fields)) {
    const inner = innerFields(field.codec.shape);
    if (isInline(field)) {
      yield* fieldRows(prefix, inner);
      continue;
    }
    const path = prefix + name;
    yield [code(path), String(field.number), typeText(field), presences[field.presence], field.doc];
    yield* fieldRows(`${path}${field.codec.shape.kind === "list" ? "[]" : ""}.`, inner);
  }
}

/** Of a message, also when it is an item of a list or map. */
function innerFields(shape: CodecShape): Fields {
  if (shape.kind === "message") return shape.fields;
  return shape.kind === "value" ? {} : innerFields(shape.of);
}

function typeText({ codec }: Field<unknown>): string {
  const words = wordsOf(codec.shape).filter((word) => word !== "");
  return nameOf(codec.shape) + (words.length === 0 ? "" : `: ${words.map(code).join(", ")}`);
}

function nameOf(shape: CodecShape): string {
  if (shape.kind === "value") return shape.name;
  return shape.kind === "message" ? "message" : `${shape.kind} of ${nameOf(shape.of)}`;
}

function wordsOf(shape: CodecShape): readonly string[] {
  if (shape.kind === "value") return shape.words ?? [];
  return shape.kind === "message" ? [] : wordsOf(shape.of);
}
