import type { AnyField } from "../describe.ts";
import { holdsSomething } from "../locate.ts";
import { FieldReader } from "../reader.ts";
import type { YamlNode } from "../yaml.ts";

/** Reports every required field of a document that is not written. */
export function checkRequired(
  field: AnyField,
  node: YamlNode | undefined,
  path: string,
  error: (path: string, message: string) => void,
): void {
  const { shape } = field;
  if (shape.kind === "section") {
    if (node === undefined && mayBeAbsent(field)) return;
    const entries = node?.kind === "map" ? node.entries : [];
    for (const [name, child] of Object.entries(shape.fields)) {
      const written = entries.find(({ key }) => key === name)?.value;
      const at = path === "" ? name : `${path}.${name}`;
      if (child.required && !holdsSomething(written)) error(at, "missing; it is required");
      else checkRequired(child, written, at, error);
    }
  }
  if (shape.kind === "list" && node?.kind === "list") {
    for (const [index, item] of node.items.entries()) checkRequired(shape.of, item, `${path}[${index}]`, error);
  }
}

/** Absence means something: the section reads as undefined then. */
const mayBeAbsent = (field: AnyField): boolean => field.read(undefined, new FieldReader([])) === undefined;
