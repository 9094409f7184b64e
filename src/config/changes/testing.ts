import type { AnyField, ScalarShape } from "../describe.ts";
import { documentSections } from "../documents/index.ts";
import type { Problem } from "../problem.ts";
import { FieldReader } from "../reader.ts";
import { root } from "../v1alpha1/root.ts";
import { readYaml, toYaml } from "../yaml.ts";

/** A part of a config that sets one field to one value, to be laid over a whole one. */
export type Edit = Readonly<Record<string, unknown>>;

const perScalar = 3;

/** Texts of the forms that fields ask for. */
const texts = [
  ...["edited", "10.0.0.9", "10.1.0.0/16", "https://edited.example:6443", "1h", "tcp://10.0.0.9:1234", "eth7"],
  ...["02:00:00:00:00:01", "100MB", "edited.example", "/var/edited", "v1.35.0", "aaaaaa.bbbbbbbbbbbbbbbb", "YQ=="],
  ...["8080", "10.0.0.9:8080", "system.disk", "true", `${"A".repeat(43)}=`],
];

/** Every edit of one field that its description allows by itself, from the descriptions of all documents. */
export function editsOfEveryField(): Edit[] {
  const main = editsOf(root);
  const others = Object.entries(documentSections).flatMap(([kind, section]) =>
    editsOf(section).map((edit) => ({ apiVersion: "v1alpha1", kind, ...nameFor(section), ...(edit as Edit) })),
  );
  return [...main, ...others] as Edit[];
}

const nameFor = (section: AnyField) =>
  section.shape.kind === "section" && Object.hasOwn(section.shape.fields, "name") ? { name: "edited" } : {};

/** Values of a field, each of which sets one scalar within it. */
function editsOf(field: AnyField): unknown[] {
  const { shape } = field;
  switch (shape.kind) {
    case "scalar":
      return candidates(shape)
        .filter((value) => isAllowed(field, value))
        .slice(0, perScalar);
    case "any":
      return [{ edited: 1 }, { edited: 2 }];
    case "list":
      return editsOf(shape.of).map((value) => [value]);
    case "map":
      return editsOf(shape.of).flatMap((value) => [{ edited: value }, { "edited.too": value }]);
    case "section":
      return Object.entries(shape.fields).flatMap(([name, inner]) =>
        editsOf(inner).map((value) => ({ [name]: value })),
      );
  }
}

function candidates({ type, words, minimum = 1, maximum = minimum + 5_000 }: ScalarShape): unknown[] {
  if (type === "boolean") return [true, false];
  if (type === "integer") return [...new Set([minimum, Math.floor((minimum + maximum) / 2)])];
  return [...(words ?? texts)];
}

function isAllowed(field: AnyField, value: unknown): boolean {
  const problems: Problem[] = [];
  field.read(readYaml(toYaml(value)).documents[0], new FieldReader(problems));
  return problems.length === 0;
}
