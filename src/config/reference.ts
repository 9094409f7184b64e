import type { AnyField, Shape } from "./describe.ts";
import { type DocumentKind, documentSections } from "./documents/index.ts";
import { exampleDocument } from "./example.ts";
import { fieldsOf, outermost, type PlacedField, placed } from "./fields.ts";
import { plain, row } from "./markdown.ts";
import { typeName } from "./type-name.ts";
import { root } from "./v1alpha1/root.ts";
import { toYaml } from "./yaml.ts";

/** One page of the reference: an area of the v1alpha1 document, or a document of its own. */
export interface ReferencePage {
  /** `machine.network` or `HostnameConfig`; also the page's file name. */
  readonly name: string;
  readonly kind: "area" | "document";
  /** One sentence. */
  readonly doc: string;
  /** Markdown, from the first heading on. */
  readonly text: string;
}

/** The areas whose sections are pages; what is not below one of them is on the first. */
const wholeDocument = "v1alpha1";

/** Every field of every document, as Markdown: one heading for each section, one row for each field. */
export function configPages(): readonly ReferencePage[] {
  const sections = [...sectionsBelow(outermost("", root))];
  const areas = Map.groupBy(sections, ({ path }) => areaOf(path));
  const pages = [...areas].map(([name, members]): ReferencePage => {
    const doc = members[0]?.field.doc ?? "";
    return { name, kind: "area", doc, text: pageText(name, members) };
  });
  const documents = Object.entries(documentSections).map(([kind, field]): ReferencePage => {
    const example = exampleDocument(kind as DocumentKind) ?? `apiVersion: v1alpha1\nkind: ${kind}`;
    const header = `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``;
    const members = [...sectionsBelow(outermost(kind, field))];
    return { name: kind, kind: "document", doc: field.doc, text: pageText(kind, members, header) };
  });
  return [...pages, ...documents];
}

/** All of it in one text: the pages are chapters, and every link stays within. */
export function configReference(): string {
  const chapters = configPages().map(({ text }) => text.replaceAll(/^#/gm, "##").replaceAll(/\]\([^)#]*\.md#/g, "](#"));
  return ["# Machine configuration\n", ...chapters].join("\n");
}

/** `machine.network` of `machine.network.interfaces`; sections that are as high as `machine` share a page. */
function areaOf(path: string): string {
  const names = path.split(".");
  return names.length < 2 ? wholeDocument : names.slice(0, 2).join(".");
}

/** A section and all sections in it, the outer first. */
function* sectionsBelow(parent: PlacedField): Generator<PlacedField> {
  yield parent;
  for (const [name, field] of Object.entries(fieldsOf(parent.field.shape))) {
    if (hasFields(field)) yield* sectionsBelow(placed(parent, name, field));
  }
}

const hasFields = ({ shape }: AnyField): boolean => Object.keys(fieldsOf(shape)).length > 0;

function pageText(name: string, sections: readonly PlacedField[], header?: string): string {
  const parts = sections.flatMap((section, index) => {
    const title = section.path === "" ? "The v1alpha1 document" : `\`${section.path}\``;
    return [
      `${index === 0 ? "#" : "##"} ${title}`,
      plain(section.field.doc),
      ...(index === 0 && header !== undefined ? [header] : []),
      fieldTable(section, name),
      ...exampleOf(section),
    ];
  });
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function fieldTable(parent: PlacedField, page: string): string {
  const rows = Object.entries(fieldsOf(parent.field.shape)).map(([name, field]) => {
    const { effect, path } = placed(parent, name, field);
    const type = hasFields(field) ? `[${typeName(field.shape)}](${linkTo(path, page)})` : typeName(field.shape);
    const preset = field.default === undefined ? "" : `\`${JSON.stringify(field.default)}\``;
    return [`\`${name}\``, type, preset, effect ?? "", meaning(field)];
  });
  const headers = ["Field", "Type", "Default", "A change", "What it is"];
  return [row(headers), row(headers.map(() => "---")), ...rows.map(row)].join("\n");
}

/** Where the section of a path is described, as seen from a page. */
function linkTo(path: string, page: string): string {
  const anchor = anchorOf(path);
  const isDocument = Object.hasOwn(documentSections, path.split(".")[0] ?? "");
  const target = isDocument ? page : areaOf(path);
  return target === page ? `#${anchor}` : `${target}.md#${anchor}`;
}

/** As GitHub makes anchors of headings: in lower case, without the dots. */
const anchorOf = (path: string): string => path.toLowerCase().replaceAll(".", "");

/** What is said of a field, in sentences. */
function meaning(field: AnyField): string {
  const { merge, since, deprecated, sensitive, required, replacedBy } = field;
  const words = wordsOf(field.shape);
  const example = hasFields(field) || field.example === undefined ? "" : inlineExample(field.example);
  const facts = [
    field.doc,
    required ? "Required." : "",
    boundsOf(field.shape),
    words === undefined ? "" : `One of ${words.map((word) => `\`${word}\``).join(", ")}.`,
    example === "" ? "" : `For example \`${example}\`.`,
    sensitive ? "Secret." : "",
    merge === undefined
      ? ""
      : `Patches ${merge === "replace" ? "replace it" : `meet items by ${merge.keys.join(" or ")}`}.`,
    since === undefined ? "" : `Since ${since}.`,
    replacedBy === undefined
      ? ""
      : `[${replacedBy}](${replacedBy}.md#${anchorOf(replacedBy)}) says the same, and more.`,
    deprecated === undefined ? "" : `**Deprecated:** ${deprecated}.`,
  ];
  return facts.filter((fact) => fact !== "").join(" ");
}

const wordsOf = (shape: Shape): readonly string[] | undefined =>
  shape.kind === "scalar"
    ? shape.words
    : shape.kind === "list" || shape.kind === "map"
      ? wordsOf(shape.of.shape)
      : undefined;

function boundsOf(shape: Shape): string {
  if (shape.kind !== "scalar") return "";
  const { minimum, maximum } = shape;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  if (minimum !== undefined) return `At least ${minimum}.`;
  return maximum === undefined ? "" : `At most ${maximum}.`;
}

/** Short examples fit into the table; others would be hard to read there. */
function inlineExample(example: unknown): string {
  const text = typeof example === "string" ? example : JSON.stringify(example);
  return text.length <= 80 && !/[`\n]/.test(text) ? text : "";
}

function exampleOf({ path, field }: PlacedField): string[] {
  if (field.example === undefined || !hasFields(field)) return [];
  const name = path.split(".").at(-1) ?? "";
  return [`\`\`\`yaml\n${toYaml({ [name]: field.example }).trimEnd()}\n\`\`\``];
}
