import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { documentsOf } from "./machine-config.ts";
import { parseMachineConfig } from "./parse.ts";
import { testConfig } from "./testing.ts";

/** The message a text is refused with. */
function refusal(text: string): string {
  try {
    parseMachineConfig(text, { file: "c.yaml" });
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.message;
  }
  return "accepted";
}

test("what is left out reads as its default", () => {
  const { machine, cluster, debug } = parseMachineConfig("version: v1alpha1\nmachine:\n  type: controlplane\n");
  expect(debug).toBe(false);
  expect(machine.time).toEqual({ disabled: false, servers: [], bootTimeout: undefined });
  expect(machine.ca).toBeUndefined();
  expect(cluster.network.podSubnets).toEqual(["10.244.0.0/16"]);
  expect(cluster.etcd).toBeUndefined();
});

test("every fault is named with its place and its field", () => {
  const text = `version: v1alpha1
machine:
  kublet: {}
  network:
    interfaces:
      - interface: eth0
        addresses: [10.0.0.300/24]
  sysctls: 5
cluster:
  controlPlane:
    endpoint: http://10.0.0.1
    localAPIServerPort: 70000
`;
  expect(refusal(text).split("\n")).toEqual([
    'c.yaml:3:3: machine.kublet: unknown field, did you mean "kubelet"?',
    'c.yaml:7:21: machine.network.interfaces[0].addresses[0]: Cannot use "10.0.0.300/24": not an address with a prefix length',
    "c.yaml:8:12: machine.sysctls: expected a map",
    'c.yaml:11:15: cluster.controlPlane.endpoint: Cannot use "http://10.0.0.1": not a URL that begins with https://',
    'c.yaml:12:25: cluster.controlPlane.localAPIServerPort: expected a whole number from 1 to 65535, found "70000"',
  ]);
});

test.each([
  ["", "c.yaml:1:1: the file is empty"],
  ["- a\n", "c.yaml:1:1: expected a map of fields, found a list"],
  ["machine: {}\n", "c.yaml:1:1: version: missing, expected v1alpha1"],
  ["version: v1alpha1\n---\nversion: v1alpha1\n", "c.yaml:3:1: a second v1alpha1 document; the first is further up"],
  ["version: v1alpha1\nversion: v1alpha1\n", "c.yaml:2:1: map keys must be unique"],
  [
    "apiVersion: v1alpha1\nkind: HostnameConfg\n",
    'c.yaml:2:7: kind: unknown document "HostnameConfg", did you mean "HostnameConfig"?',
  ],
  ["apiVersion: v2\nkind: LinkConfig\n", 'c.yaml:1:13: apiVersion: expected v1alpha1, found "v2"'],
])("%j is refused", (text, message) => {
  expect(refusal(text)).toBe(message);
});

test("a secret is not quoted when it is wrong", () => {
  const message = refusal("version: v1alpha1\nmachine:\n  ca:\n    key: '***hunter2***'\n");
  expect(message).toBe("c.yaml:4:10: machine.ca.key: Cannot use the value: not base64");
});

test("numbers and words mean what they meant to older parsers", () => {
  const { machine } = parseMachineConfig(`version: v1alpha1
machine:
  sysctls: {net.ipv4.ip_forward: 1}
  files: [{path: /var/a, permissions: 0644}, {path: /var/b, permissions: 0o600}]
  kubelet: {registerWithFQDN: yes}
`);
  expect(machine.sysctls).toEqual({ "net.ipv4.ip_forward": "1" });
  expect(machine.files.map(({ permissions }) => permissions)).toEqual([0o644, 0o600]);
  expect(machine.kubelet.registerWithFQDN).toBe(true);
});

test("documents are read by their descriptions", () => {
  const config = parseMachineConfig(`version: v1alpha1
---
apiVersion: v1alpha1
kind: RegistryMirrorConfig
name: docker.io
endpoints: [{url: "http://10.0.2.2:5000"}]
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth0
mtu: 9000
`);
  expect(documentsOf(config, "RegistryMirrorConfig")[0]?.endpoints).toEqual([
    { url: "http://10.0.2.2:5000", overridePath: false },
  ]);
  expect(config.documents.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    "RegistryMirrorConfig/docker.io",
    "LinkConfig/eth0",
  ]);
  expect(config.documents[1]?.value).toMatchObject({ name: "eth0", mtu: 9000, addresses: [] });
});

test("a document given twice is refused with the line of the first", () => {
  const document = "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n";
  expect(refusal(document + document)).toBe("c.yaml:6:1: LinkConfig eth0 is given twice; first on line 2");
});

test("deprecated fields are read with a warning", () => {
  const config = parseMachineConfig("version: v1alpha1\ncluster:\n  allowSchedulingOnMasters: true\n");
  expect(config.warnings).toEqual([
    {
      severity: "warning",
      line: 3,
      column: 3,
      path: "cluster.allowSchedulingOnMasters",
      message: "deprecated: use allowSchedulingOnControlPlanes",
    },
  ]);
});

test("aliases are followed, but not into a bomb", () => {
  const { machine } = parseMachineConfig("version: v1alpha1\nmachine:\n  env: &e {A: b}\n  sysctls: *e\n");
  expect(machine.sysctls).toEqual({ A: "b" });
  const levels = Array.from({ length: 9 }, (_, level) => `  - &a${level + 1} [${`*a${level}, `.repeat(9)}]`);
  expect(refusal(`version: v1alpha1\nx:\n  - &a0 [lol]\n${levels.join("\n")}\n`)).toContain("more than 50000 values");
});

test("a mangled config parses or fails as a Failure", () => {
  const text = testConfig();
  fc.assert(
    fc.property(fc.nat(text.length), fc.string({ maxLength: 6 }), fc.nat(20), (at, noise, cut) => {
      expect(refusal(text.slice(0, at) + noise + text.slice(at + cut))).toBeString();
    }),
    { numRuns: 60 },
  );
});
