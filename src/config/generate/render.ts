import type { AnyField } from "../describe.ts";
import { toYaml } from "../yaml.ts";

export interface RenderOptions {
  /** Explain each field in a comment. */
  readonly docs?: boolean;
  /** Show, commented out, what could be set besides. */
  readonly examples?: boolean;
}

type Fields = Readonly<Record<string, AnyField>>;

/** Writes a value as YAML in the order of its description, explained by it. */
export function renderSection(
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  options: RenderOptions,
): string {
  return `${sectionLines(fields, value, options).join("\n")}\n`;
}

function sectionLines(fields: Fields, value: Readonly<Record<string, unknown>>, options: RenderOptions): string[] {
  const set: string[] = [];
  const examples: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (value[name] !== undefined) set.push(...fieldLines(name, field, value[name], options));
    else if (options.examples && field.example !== undefined) examples.push(...exampleLines(name, field));
  }
  return [...set, ...examples];
}

function fieldLines(name: string, field: AnyField, value: unknown, options: RenderOptions): string[] {
  const { shape, doc } = field;
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isNested) return [`${name}: ${inline(value)}${options.docs && doc !== "" ? ` # ${doc}` : ""}`];
  const comment = options.docs ? [`# ${doc}`] : [];
  if (shape.kind === "section") {
    const inner = sectionLines(shape.fields, value as Readonly<Record<string, unknown>>, options);
    return [...comment, `${name}:`, ...inner.map(indented)];
  }
  return [...comment, `${name}:`, ...yamlLines(value).map(indented)];
}

/** The commented example of a field that is not set; its explanation too, for it is what the reader looks for. */
function exampleLines(name: string, field: AnyField): string[] {
  return [`# # ${field.doc}`, ...yamlLines({ [name]: field.example }).map((line) => `# ${line}`)];
}

const yamlLines = (value: unknown): string[] => toYaml(value).trimEnd().split("\n");
const inline = (value: unknown): string => toYaml(value).trimEnd();
const indented = (line: string): string => (line === "" ? "" : `    ${line}`);
