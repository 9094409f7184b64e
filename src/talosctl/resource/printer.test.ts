import { expect, test } from "bun:test";
import fc from "fast-check";
import { readYaml, toPlain } from "../../config/yaml.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { cosi } from "../../proto/index.ts";
import { goJson } from "./go-json.ts";
import { printerFor } from "./printer.ts";
import { machineConfigType, shownResource } from "./resource.ts";

const { Metadata, Resource, Spec } = cosi.resource;
const definition = cosi.resource.meta.ResourceDefinitionSpec.decode(new Uint8Array());
const at = { seconds: 1_767_323_045, nanos: 0 };
const resource = (metadata: Parameters<typeof Metadata.encode>[0], yaml_spec: string) =>
  shownResource(
    Resource.decode(
      Resource.encode({
        metadata: {
          namespace: "n",
          type: "T",
          id: "i",
          version: "1",
          phase: "running",
          created: at,
          updated: at,
          ...metadata,
        },
        spec: Spec.decode(Spec.encode({ yaml_spec }).finish()),
      }).finish(),
    ),
  );
const yaml = (shown: ReturnType<typeof resource>) => printerFor("yaml", definition, false).add("10.0.0.1", shown);

test("a spec is shown as the machine wrote it, below its metadata", () => {
  const shown = resource(
    { labels: { b: "", a: "x: y" }, finalizers: ["f"] },
    'mac: "00:00:00:00:00:00"\nlist:\n    - a\ntext: |\n    one\n\n    two\n',
  );
  expect(yaml(shown)).toBe(`node: 10.0.0.1
metadata:
    namespace: n
    type: T
    id: i
    version: 1
    owner:
    phase: running
    created: 2026-01-02T03:04:05Z
    updated: 2026-01-02T03:04:05Z
    finalizers:
        - f
    labels:
        a: 'x: y'
        b:
spec:
    mac: "00:00:00:00:00:00"
    list:
        - a
    text: |
        one

        two
`);
});

test.each([
  ["", "spec: {}\n"],
  ["{}\n", "spec: {}\n"],
  ["true\n", "spec: true\n"],
  ["|\n    a: b\n    c: d\n", "spec: |\n    a: b\n    c: d\n"],
  ["- a\n- b\n", "spec:\n    - a\n    - b\n"],
  ["a: \u001b[2Jb\n", "spec:\n    a: ?[2Jb\n"],
])("the spec %j is shown as %j", (spec, shown) => {
  expect(yaml(resource({}, spec))).toEndWith(shown);
});

test("a config that an old machine sends as what it says is shown as the text that it is", () => {
  const text = "version: v1alpha1\n---\nkind: HostnameConfig\n";
  const shown = resource({ type: machineConfigType }, text);
  expect(shown.spec).toBe(text);
  expect(yaml(shown)).toEndWith("spec: |\n    version: v1alpha1\n    ---\n    kind: HostnameConfig\n");
});

test("documents are apart, and each names what happened", () => {
  const printer = printerFor("yaml", definition, true);
  expect(printer.add("a", resource({}, "{}"), "created")).toStartWith("node: a\nevent: created\nmetadata:\n");
  expect(printer.add("a", resource({}, "{}"), "destroyed")).toStartWith("---\nnode: a\nevent: destroyed\n");
});

test("whatever ids, labels and specs hold, the document reads as what it shows", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab1 :#'\"-{}[]|>&*!%@`\n\té") });
  const spec = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(text, fc.integer(), fc.array(text)), { minKeys: 1 });
  fc.assert(
    fc.property(text, text, spec, (id, label, value) => {
      const shown = resource({ id, labels: { label } }, toYaml(value));
      const { documents, problems } = readYaml(yaml(shown));
      expect(problems).toEqual([]);
      const [read] = documents.map(toPlain) as [
        { metadata: { id: unknown; labels: { label: unknown } }; spec: unknown },
      ];
      expect(read.spec).toEqual(value);
      expect([read.metadata.id, read.metadata.labels.label].map((found) => String(found ?? ""))).toEqual([id, label]);
    }),
    { numRuns: 500 },
  );
});

test("numbers beyond JavaScript's are shown as they are", () => {
  const shown = resource({}, "size: 18446744073709551615\nlist: [-9223372036854775808]\n");
  expect(printerFor("json", definition, false).add("a", shown)).toContain('"size": 18446744073709551615');
  const path = "jsonpath={.spec.size} {.spec.list}";
  expect(printerFor(path, definition, false).add("a", shown)).toBe(
    "18446744073709551615\n \n[\n    -9223372036854775808\n]\n",
  );
});

test("JSON is as Go writes it", () => {
  expect(goJson({ b: "<&>\u2028", a: [1, { z: null, y: true }] })).toBe(
    '{"a":[1,{"y":true,"z":null}],"b":"\\u003c\\u0026\\u003e\\u2028"}',
  );
});
