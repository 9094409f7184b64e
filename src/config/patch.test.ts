import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { applyPatches } from "./patch.ts";
import { readYaml, toPlain } from "./yaml.ts";

const config =
  "version: v1alpha1\nmachine:\n    type: controlplane\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n";
const patch = (text: string) => applyPatches(config, [{ text, file: "patch.yaml" }]);

test("a field is added where it belongs, and documents meet by kind", () => {
  expect(
    patch("machine:\n  sysctls:\n    a.b: 1\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: node-1\n"),
  ).toBe(
    "version: v1alpha1\nmachine:\n    type: controlplane\n    sysctls:\n        a.b: 1\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\nhostname: node-1\n",
  );
});

test("patches apply in order", () => {
  const patches = ["a", "b"].map((token) => ({ text: `machine: { token: ${token} }`, file: token }));
  expect(applyPatches(config, patches)).toContain("token: b");
});

test("what is no part of a config is refused, naming the patch", () => {
  expect(() => patch("- 1")).toThrow("patch.yaml");
  expect(() => patch("just text")).toThrow("patch.yaml");
  expect(() => patch("a: [")).toThrow("patch.yaml:1");
});

test("no text breaks the patcher other than by a failure", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        expect(patch(text)).toBeString();
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});

const base = `version: v1alpha1
machine:
    type: worker
    token: abc
    certSANs: [x]
    sysctls: { a: "1" }
    network:
        interfaces:
            - { interface: eth0, mtu: 1400, vlans: [{ vlanId: 5, mtu: 1300 }] }
            - { deviceSelector: { busPath: "00:1" }, mtu: 9000 }
cluster:
    network: { podSubnets: [10.1.0.0/16] }
    apiServer:
        admissionControl: [{ name: PodSecurity, configuration: { a: 1, l: [1] } }]
        auditPolicy: { kind: Policy }
    inlineManifests: [{ name: i, contents: c }]
`;
const after = (text: string, to = base) =>
  readYaml(applyPatches(to, [{ text, file: "p" }])).documents.map((node) => toPlain(node)) as never[];

// Each result was compared with that of the public client, version 1.12.8.
test.each([
  ["machine: {certSANs: [x, y]}", "certSANs", ["x", "x", "y"]],
  ['machine: {token: ""}', "token", "abc"],
  ["machine: {token: null}", "token", "abc"],
  ['machine: {sysctls: {a: ""}}', "sysctls", { a: "1" }],
  ["machine: {sysctls: {$patch: delete}}", "sysctls", undefined],
  ["machine: {env: {$patch: delete}}", "env", undefined],
  [
    "machine: {network: {interfaces: [{interface: eth0, $patch: delete}]}}",
    "network",
    {
      interfaces: [{ deviceSelector: { busPath: "00:1" }, mtu: 9000 }],
    },
  ],
  [
    'machine: {network: {interfaces: [{interface: eth0, mtu: 0, vlans: [{vlanId: 5, dhcp: true}, {vlanId: 6}]}, {deviceSelector: {busPath: "00:1"}, dhcp: true}]}}',
    "network",
    {
      interfaces: [
        { interface: "eth0", mtu: 1400, vlans: [{ vlanId: 5, mtu: 1300, dhcp: true }, { vlanId: 6 }] },
        { deviceSelector: { busPath: "00:1" }, mtu: 9000, dhcp: true },
      ],
    },
  ],
  ['[{"op": "add", "path": "/machine/certSANs/-", "value": "b"}]', "certSANs", ["x", "b"]],
])("of a machine, %p leaves %p", (text, field, value) => {
  const [document = {}] = after(text) as { machine?: Record<string, unknown> }[];
  expect(document.machine?.[field]).toEqual(value as never);
});

test.each([
  ["cluster: {network: {podSubnets: []}}", "network", { podSubnets: [] }],
  [
    "cluster: {apiServer: {auditPolicy: {y: 1}}}",
    "apiServer",
    {
      admissionControl: [{ name: "PodSecurity", configuration: { a: 1, l: [1] } }],
      auditPolicy: { y: 1 },
    },
  ],
  [
    "cluster: {apiServer: {admissionControl: [{name: PodSecurity, configuration: {b: 2, l: [2]}}]}}",
    "apiServer",
    {
      admissionControl: [{ name: "PodSecurity", configuration: { a: 1, b: 2, l: [1, 2] } }],
      auditPolicy: { kind: "Policy" },
    },
  ],
  ["cluster: {inlineManifests: [{name: i, $patch: delete}]}", "inlineManifests", []],
  ["- {op: remove, path: /cluster/apiServer/admissionControl}", "apiServer", { auditPolicy: { kind: "Policy" } }],
])("of a cluster, %p leaves %p", (text, field, value) => {
  const [document = {}] = after(text) as { cluster?: Record<string, unknown> }[];
  expect(document.cluster?.[field]).toEqual(value as never);
});

test("documents merge by their own rules", () => {
  const header = "apiVersion: v1alpha1\nkind: ";
  const rule = (port: number) => `${header}NetworkRuleConfig\nname: r\nportSelector: {ports: [${port}]}\n`;
  expect(after(rule(2), rule(1))).toMatchObject([{ portSelector: { ports: [2] } }]);
  const resolver = (address: string) => `${header}ResolverConfig\nnameservers: [{address: ${address}}]\n`;
  expect(after(resolver("2.2.2.2"), resolver("1.1.1.1"))).toMatchObject([
    { nameservers: [{ address: "1.1.1.1" }, { address: "2.2.2.2" }] },
  ]);
});

test.each([
  ["machine: {tpe: worker}", 'p:1:11: machine.tpe: unknown field, did you mean "type"?'],
  ["apiVersion: v1alpha1\nkind: HostnameConfg", 'unknown document "HostnameConfg", did you mean "HostnameConfig"?'],
  [
    "machine: {network: {interfaces: [{interface: eth9, $patch: delete}]}}",
    "Cannot delete machine.network.interfaces[0]",
  ],
  ["apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n$patch: delete", "Cannot delete LinkConfig eth0"],
  ["[{op: remove, path: /machine/nope}]", 'Cannot find "/machine/nope"'],
  ["[{op: remove, path: ''}]", "it leaves no config"],
])("%p is refused with its reason", (text, reason) => {
  const caught = (() => {
    try {
      return after(text);
    } catch (error) {
      return error;
    }
  })();
  expect(messageOf(caught)).toContain(reason);
});

test("a JSON patch is about the document that alone has its paths, or about none of several", () => {
  expect(patch("[{op: replace, path: /machine/type, value: worker}]")).toContain("type: worker");
  expect(() => patch("[{op: replace, path: /hostname, value: a}]")).toThrow(
    "Cannot use patch.yaml: JSON6902 patches are not supported for multi-document machine configuration",
  );
});

test("a patch without lists changes nothing the second time, and patches may be merged first", () => {
  const name = fc.constantFrom("a", "b", "c");
  const leaf = fc.constantFrom("1", "2", "x");
  const part = fc.record(
    {
      sysctls: fc.dictionary(name, leaf),
      env: fc.dictionary(name, leaf),
      type: fc.constantFrom("worker", "controlplane"),
    },
    { requiredKeys: [] },
  );
  const text = (machine: unknown) => JSON.stringify({ machine });
  fc.assert(
    fc.property(part, part, (first, second) => {
      const patches = [first, second].map((machine) => ({ text: text(machine), file: "p" }));
      const once = applyPatches(base, patches);
      expect(applyPatches(once, patches)).toBe(once);
      const merged = applyPatches(text(first), [{ text: text(second), file: "p" }]);
      expect(applyPatches(base, [{ text: merged, file: "p" }])).toBe(once);
      expect(applyPatches(once, [])).toBe(once);
    }),
  );
});
