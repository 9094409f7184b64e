import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../../test/support/fuzz.ts";
import { toYaml } from "../../../config/yaml.ts";
import { Failure } from "../../../errors/failure.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { inOrder } from "./order.ts";
import { readObjects } from "./read-objects.ts";

const name = fc.stringMatching(/^[a-z]{1,8}$/);
const object = fc.record({
  apiVersion: fc.constantFrom("v1", "apps/v1"),
  kind: fc.constantFrom("ConfigMap", "Deployment"),
  metadata: fc.record({ name }),
  data: fc.dictionary(name, fc.string({ unit: "grapheme" }), { maxKeys: 3 }),
});

test("objects are the same however many documents they stand in, and whatever is between", () => {
  const between = fc.constantFrom(
    "---\n",
    "---\n# nothing but words\n---\n",
    "---   \n\n",
    "--- # a word\n",
    "---\r\n{}\n---\n",
  );
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), between, (objects, separator) => {
      const text = objects.map((one) => toYaml(one)).join(separator);
      expect(readObjects(text, "it")).toEqual(objects);
      const list = { apiVersion: "v1", kind: "List", items: objects };
      expect(readObjects(JSON.stringify(list), "it")).toEqual(objects);
    }),
  );
});

test("modes are octal, as older tools read them", () => {
  const [pod] = readObjects("{apiVersion: v1, kind: Pod, metadata: {name: a}, mode: 0644}", "it");
  expect(pod?.mode).toBe(0o644);
});

const first = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\n";
test.each([
  ["a mistake", `${first}kind: ConfigMap\n  bad: 1\n`, /^Cannot read manifest it: line [67]: /],
  ["no object", `${first}just words\n`, "Cannot read manifest it: line 6: it is no object of Kubernetes"],
  ["no name", `${first}apiVersion: v1\nkind: Pod\n`, "Cannot read manifest it: line 6: metadata.name is missing"],
  ["no kind", `${first}apiVersion: v1\n`, "Cannot read manifest it: line 6: kind is missing"],
  ["no version", "kind: Pod", "Cannot read manifest it: line 1: apiVersion is missing"],
  ["a list of words", "{apiVersion: v1, kind: List, items: [a]}", "line 1: apiVersion is missing"],
])("%s is told with its line", (_, text, message) => {
  expect(() => readObjects(text, "it")).toThrow(message);
});

test("noise is refused with a Failure, or holds objects", () => {
  const good = `${first}{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: b}}]}\n`;
  const piece = fc.constantFrom("---", "\n", "- ", "{", "[", ": ", "&a ", "*a", "!!x ", "\t", "\0", "| \n", "? ");
  const damaged = fc
    .array(fc.tuple(fc.nat(good.length), fc.nat(6), piece), { maxLength: 4 })
    .map((edits) => edits.reduce((text, [at, cut, more]) => text.slice(0, at) + more + text.slice(at + cut), good));
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string({ unit: "binary" })), (text) => {
      try {
        for (const { kind } of readObjects(text, "it")) expect(kind).toBeString();
      } catch (thrown) {
        refused += 1;
        expect(thrown).toBeInstanceOf(Failure);
        expect((thrown as Failure).message).toMatch(/^Cannot read manifest it: line \d+: /);
      }
    }),
    { numRuns: fuzzCases(300) },
  );
  expect(refused).toBeGreaterThan(0);
});

test("namespaces and definitions come first, everything else in the order of the manifests", () => {
  const of = (apiVersion: string, kind: string, name: string): Document => ({ apiVersion, kind, metadata: { name } });
  const ordered = inOrder([
    { id: "99-b", objects: [of("v1", "Namespace", "late"), of("v1", "Pod", "p3")] },
    { id: "05-a", objects: [of("v1", "Pod", "p1"), of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "d")] },
    { id: "10-c", objects: [of("example.org/v1", "Namespace", "p2")] },
  ]);
  const names = ordered.map(({ object: { metadata } }) => (metadata as { name: string }).name);
  expect(names).toEqual(["late", "d", "p1", "p2", "p3"]);
});
