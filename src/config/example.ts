import type { AnyField, Section } from "./describe.ts";
import { type DocumentKind, documentSections } from "./documents/index.ts";
import { parseMachineConfig } from "./parse.ts";
import { validateMachineConfig } from "./validate/validate.ts";
import { toYaml } from "./yaml.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * A document of the kind as YAML, made of the examples of its fields: as many of them as go together. Nothing for a
 * kind that needs what has no example, such as a key.
 */
export function exampleDocument(kind: DocumentKind): string | undefined {
  const { fields } = (documentSections[kind] as unknown as Section<Readonly<Record<string, AnyField>>>).shape;
  let values: Values = { apiVersion: "v1alpha1", kind };
  const entries = Object.entries(fields);
  const needed = entries.filter(([, { required }]) => required);
  for (const [name, field] of needed) values = { ...values, [name]: exampleOf(field) };
  for (const [name, field] of entries) {
    const more = { ...values, [name]: exampleOf(field) };
    // Of fields that exclude each other the first one is shown.
    if (isRead(more) || !isRead(values)) values = more;
  }
  return isRead(values) ? toYaml(inOrder(values, ["apiVersion", "kind", ...Object.keys(fields)])) : undefined;
}

/** The example of a field, or one made of those inside it. */
function exampleOf(field: AnyField): unknown {
  const { shape, example, deprecated, required } = field;
  if (example !== undefined) return example;
  if (deprecated !== undefined) return undefined;
  if (shape.kind === "scalar") return required ? shape.words?.[0] : undefined;
  if (shape.kind === "list") {
    const item = exampleOf(shape.of);
    return item === undefined ? undefined : [item];
  }
  if (shape.kind !== "section") return undefined;
  const values = Object.entries(shape.fields).map(([name, child]) => [name, exampleOf(child)] as const);
  const given = values.filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function isRead(values: Values): boolean {
  try {
    validateMachineConfig(parseMachineConfig(toYaml(values)), { mode: "metal" });
    return true;
  } catch {
    return false;
  }
}

const inOrder = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
