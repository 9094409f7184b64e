import { expect, test } from "bun:test";
import { type DocumentKind, documentSections } from "./documents/index.ts";
import { exampleDocument } from "./example.ts";
import { explainField } from "./explain.ts";
import { parseMachineConfig } from "./parse.ts";
import { configPages, configReference } from "./reference.ts";
import { configSchema } from "./schema.ts";

test("a field is explained with its type, rules and children", () => {
  expect(explainField("machine.network.interfaces")).toContain("machine.network.interfaces: list of section\n");
  expect(explainField("machine.network.interfaces")).toContain("meet by interface or deviceSelector");
  expect(explainField("machine.network.interfaces[0].vlans")).toMatch(/\n {2}vlanId: integer +\S/);
  expect(explainField("version")).toContain("Values:     v1alpha1\n");
  expect(explainField("debug")).toContain("Default:    false\nSince:      1.0\nChange:     live\n");
  expect(explainField("machine.features.hostDNS.enabled")).toContain("Since:      1.7\n");
  expect(explainField("persist")).toContain("Change:     reboot\n");
  expect(explainField("HostnameConfig.hostname")).toContain("Change:     live\n");
  expect(explainField("machine.sysctls.any")).toContain("string");
  expect(explainField("")).toContain("HostnameConfig");
});

test.each(["machine.netwrk", "machin", "constructor", "version.x"])("%p is not there", (path) => {
  expect(() => explainField(path)).toThrow(`Cannot explain "${path}": there is no such field`);
});

test("the reference and the schema name every document and go as deep as the fields", () => {
  const reference = configReference();
  for (const name of ["machine.network.interfaces.vlans", "cluster.apiServer", "TimeSyncConfig.ntp"]) {
    expect(reference).toContain(`## \`${name}\`\n`);
  }
  const pages = new Map(configPages().map(({ name, text }) => [name, text]));
  expect(pages.get("machine.network")).toContain("[list of section](#machinenetworkinterfaces)");
  expect(pages.get("v1alpha1")).toContain("(machine.network.md#machinenetwork)");
  expect(reference).toContain("](#machinenetwork)");
  const schema = JSON.stringify(configSchema());
  expect(schema).toContain('"kind":{"const":"HostnameConfig"}');
  expect(configSchema()).toMatchObject({
    anyOf: expect.arrayContaining([
      expect.objectContaining({
        properties: expect.objectContaining({ kind: { const: "VLANConfig" }, name: expect.anything() }),
        required: ["apiVersion", "kind", "name", "vlanID", "parent"],
      }),
    ]),
  });
  expect(schema).toContain('"type":["string","number","boolean"]');
  expect(JSON.parse(schema)).toMatchObject({
    anyOf: [
      { properties: { machine: { properties: { type: { type: "string" } } } } },
      ...Array(Object.keys(documentSections).length).fill({}),
    ],
  });
});

test("a document's example is one that is read, and only what needs a secret has none", () => {
  const kinds = Object.keys(documentSections) as DocumentKind[];
  const examples = kinds.map((kind) => [kind, exampleDocument(kind)] as const);
  expect(examples.flatMap(([kind, text]) => (text === undefined ? [kind] : []))).toEqual([
    "HCloudVIPConfig",
    "WireguardConfig",
  ]);
  for (const [kind, text] of examples)
    if (text !== undefined) expect(parseMachineConfig(text).text).toContain(`kind: ${kind}`);
});
