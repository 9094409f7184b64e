import type { AnyField } from "../describe.ts";
import { documentSections, isDocumentKind } from "../documents/index.ts";
import type { MachineConfig } from "../machine-config.ts";
import { root } from "../v1alpha1/root.ts";
import { toPlain, toYaml } from "../yaml.ts";
import { textDiff } from "./text-diff.ts";
import { isPlain, type Plain } from "./value.ts";

/**
 * The unified diff of two configs, laid out alike and without comments, so that only what they say differs.
 * Secrets are numbered: one that changes shows as `(hidden 1)` becoming `(hidden 2)`. Empty when nothing differs.
 */
export function configDiff(before: MachineConfig | undefined, after: MachineConfig): string {
  const secrets = new Map<string, number>();
  return textDiff(before === undefined ? "" : layOut(before, secrets), layOut(after, secrets));
}

type Secrets = Map<string, number>;

function layOut({ node, documents }: MachineConfig, secrets: Secrets): string {
  const main = node === undefined ? [] : [withoutSecrets(root, toPlain(node), secrets)];
  const others = documents.map(({ kind, node }) => {
    const plain = toPlain(node) as Plain;
    const { apiVersion, name } = plain;
    const rest = isDocumentKind(kind) ? (withoutSecrets(documentSections[kind], plain, secrets) as Plain) : {};
    return { apiVersion, kind, ...(name !== undefined && { name }), ...rest };
  });
  return [...main, ...others].map((document) => toYaml(withoutEmptiness(document))).join("---\n");
}

/** Tools that write configs differ in which sections and lists without content they write. */
function withoutEmptiness(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptiness);
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withoutEmptiness(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)));
}

const isEmpty = (value: unknown): boolean =>
  value === null || (Array.isArray(value) ? value : isPlain(value) ? Object.keys(value) : [value]).length === 0;

/** A written value in the order of its description. */
function withoutSecrets(field: AnyField, value: unknown, secrets: Secrets): unknown {
  if (field.sensitive) return secret(value, secrets);
  const { shape } = field;
  if (Array.isArray(value)) {
    return shape.kind === "list" ? value.map((item) => withoutSecrets(shape.of, item, secrets)) : value;
  }
  if (!isPlain(value)) return value;
  const inside = (names: readonly string[], inner: (name: string) => AnyField) =>
    Object.fromEntries(names.map((name) => [name, withoutSecrets(inner(name), value[name], secrets)]));
  if (shape.kind === "map") return inside(Object.keys(value), () => shape.of);
  if (shape.kind !== "section") return value;
  const { fields } = shape;
  const names = Object.keys(fields).filter((name) => Object.hasOwn(value, name));
  return inside(names, (name) => fields[name] as AnyField);
}

function secret(value: unknown, secrets: Secrets): unknown {
  if (value === null || value === "") return value;
  const number = secrets.getOrInsert(JSON.stringify(value), secrets.size + 1);
  return `(hidden ${number})`;
}
