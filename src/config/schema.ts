import type { AnyField, Shape } from "./describe.ts";
import { documentSections } from "./documents/index.ts";
import { root } from "./v1alpha1/root.ts";

type Schema = Readonly<Record<string, unknown>>;

/** JSON schema (draft 2020-12) of one document of a config, whichever it is. */
export function configSchema(): Schema {
  const documents = Object.entries(documentSections).map(([kind, field]) => {
    const { properties, required = [], ...rest } = fieldSchema(field);
    const header = { apiVersion: { const: "v1alpha1" }, kind: { const: kind } };
    return {
      ...rest,
      properties: { ...header, ...(properties as Schema) },
      required: ["apiVersion", "kind", ...(required as string[])],
    };
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Machine configuration",
    anyOf: [{ ...fieldSchema(root), required: ["version"] }, ...documents],
  };
}

function fieldSchema(field: AnyField): Schema {
  return {
    ...shapeSchema(field.shape),
    ...(field.doc !== "" && { description: field.doc }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.deprecated !== undefined && { deprecated: true }),
  };
}

/** Ports and kernel parameters are texts, and written as numbers: they are taken as they are written. */
function itemSchema(field: AnyField): Schema {
  const { shape } = field;
  const isText = shape.kind === "scalar" && shape.type === "string" && shape.words === undefined;
  return { ...fieldSchema(field), ...(isText && { type: ["string", "number", "boolean"] }) };
}

function shapeSchema(shape: Shape): Schema {
  switch (shape.kind) {
    case "any":
      return {};
    case "scalar": {
      const { type, words, minimum, maximum } = shape;
      return {
        type,
        ...(words !== undefined && { enum: words }),
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
    case "list":
      return { type: "array", items: itemSchema(shape.of) };
    case "map":
      return { type: "object", additionalProperties: itemSchema(shape.of) };
    case "section": {
      const properties = Object.entries(shape.fields).map(([name, field]) => [name, fieldSchema(field)]);
      const required = Object.entries(shape.fields).flatMap(([name, field]) => (field.required ? [name] : []));
      return {
        type: "object",
        properties: Object.fromEntries(properties),
        additionalProperties: false,
        ...(required.length > 0 && { required }),
      };
    }
  }
}
