import { expect, test } from "bun:test";
import { Failure } from "../../errors/failure.ts";
import type { AnyField } from "../describe.ts";
import { documentSections, isDocumentKind } from "../documents/index.ts";
import type { MachineConfig } from "../machine-config.ts";
import { mergeDocuments } from "../merge.ts";
import { parseMachineConfig } from "../parse.ts";
import { testConfig } from "../testing.ts";
import { root } from "../v1alpha1/root.ts";
import { readYaml, toPlain, toYaml } from "../yaml.ts";
import { changesBetween } from "./changes.ts";
import { configDiff } from "./config-diff.ts";
import { type Edit, editsOfEveryField } from "./testing.ts";

/** Edits of fields all over the descriptions; which ones depends on how many fields there are. */
const sampled = editsOfEveryField().filter((_, index) => index % 5 === 0);
const base = readYaml(testConfig("controlplane")).documents.map((node) => toPlain(node) as Edit);

function parse(documents: readonly Edit[]): MachineConfig {
  return parseMachineConfig(documents.map((document) => toYaml(document)).join("---\n"));
}

/** The generated config with an edit; undefined where the edit is no config without others. */
function edited(edit: Edit): MachineConfig | undefined {
  try {
    return parse(mergeDocuments(base, [edit]));
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** Values of a section's fields by whether they are secrets. */
function valuesOf(field: AnyField, value: unknown, isSecret: boolean): string[] {
  const { shape } = field;
  if (typeof value === "string") return (field.sensitive ?? false) === isSecret ? [value] : [];
  if (typeof value !== "object" || value === null || field.sensitive) return [];
  if (shape.kind === "section") {
    const values: Readonly<Record<string, unknown>> = { ...value };
    return Object.entries(shape.fields).flatMap(([name, inner]) => valuesOf(inner, values[name], isSecret));
  }
  if (shape.kind === "list" || shape.kind === "map") {
    return Object.values(value).flatMap((inner) => valuesOf(shape.of, inner, isSecret));
  }
  return [];
}

function allValues(config: MachineConfig, isSecret: boolean): Set<string> {
  const { machine, cluster } = config;
  const documents = config.documents.flatMap(({ kind, value }) =>
    isDocumentKind(kind) ? valuesOf(documentSections[kind], value, isSecret) : [],
  );
  return new Set([...valuesOf(root, { machine, cluster }, isSecret), ...documents]);
}

const before = parse(base);

test("a change there is a change back, by the same path and with the same effect", () => {
  let seen = 0;
  for (const edit of sampled) {
    const after = edited(edit);
    if (after === undefined) continue;
    const there = changesBetween(before, after);
    const back = changesBetween(after, before);
    const mirrored = back.map(({ before, after, ...rest }) => ({ ...rest, before: after, after: before }));
    const byPath = (changes: readonly { readonly path: string }[]) =>
      changes.toSorted((left, right) => left.path.localeCompare(right.path));
    expect({ edit, changes: byPath(mirrored) }).toEqual({ edit, changes: byPath(there) });
    // What people read says that something differs exactly when something does.
    if (there.length > 0) expect({ edit, diff: configDiff(before, after) }).not.toEqual({ edit, diff: "" });
    seen += there.length;
  }
  expect(seen).toBeGreaterThan(100);
});

test("no secret is ever shown", () => {
  let secrets = 0;
  for (const edit of sampled) {
    const after = edited(edit);
    if (after === undefined) continue;
    const shown = configDiff(undefined, after) + JSON.stringify(changesBetween(before, after));
    const open = [...allValues(after, false)].join("\n");
    for (const secret of allValues(after, true)) {
      // Short ones, and those that edits put elsewhere too, would be found by chance.
      if (secret.length < 16 || open.includes(secret)) continue;
      secrets += 1;
      if (shown.includes(secret)) throw new Error(`${JSON.stringify(edit)} shows ${secret}`);
    }
  }
  expect(secrets).toBeGreaterThan(1_000);
});
