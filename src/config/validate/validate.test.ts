import { expect, test } from "bun:test";
import { Failure } from "../../errors/failure.ts";
import { mergeDocuments } from "../merge.ts";
import { parseMachineConfig } from "../parse.ts";
import { testConfig } from "../testing.ts";
import { readYaml, toPlain, toYaml } from "../yaml.ts";
import { type Mode, validateMachineConfig } from "./validate.ts";

/** What a generated config is refused with after a patch, without places. */
function refusal(type: "controlplane" | "worker", patch: object, mode: Mode = "metal"): string[] {
  const documents = readYaml(testConfig(type)).documents.map((node) => toPlain(node) as Record<string, unknown>);
  const patched = mergeDocuments(documents, [patch as Record<string, unknown>]);
  const config = parseMachineConfig(patched.map((document) => toYaml(document)).join("---\n"));
  try {
    validateMachineConfig(config, { mode });
    return [];
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return thrown.message.split("\n").map((line) => line.replace(/^config:\d+:\d+: /, ""));
  }
}

const remove = { $patch: "delete" };

test("metal needs a disk, a container does not", () => {
  const patch = { machine: { install: { disk: remove } } };
  expect(refusal("worker", patch)).toEqual([
    "machine.install: neither disk nor diskSelector is set, so there is nowhere to install to",
  ]);
  expect(refusal("worker", patch, "container")).toEqual([]);
});

test.each([
  ["controlplane", { machine: { ca: remove } }, "machine.ca: missing"],
  ["controlplane", { machine: { ca: { key: { $patch: "delete" } } } }, "machine.ca.key: missing"],
  ["worker", { machine: { ca: { key: "YQ==" } } }, "machine.ca.key: not allowed on workers"],
  ["worker", { cluster: { ca: { key: "YQ==" } } }, "cluster.ca.key: not allowed on workers"],
  ["worker", { cluster: { etcd: { image: "x" } } }, "cluster.etcd: only control plane machines run etcd"],
  ["worker", { machine: { token: "nodot" } }, "machine.token: expected two parts"],
  ["worker", { persist: false }, "persist: must be true"],
  ["worker", { cluster: { id: { $patch: "delete" } } }, "cluster.id: missing; the discovery service needs it"],
  ["controlplane", { cluster: { network: { cni: { name: "custom" } } } }, "cluster.network.cni.urls: a custom CNI"],
  [
    "controlplane",
    { machine: { kubelet: { extraConfig: { port: 1 } } } },
    "machine.kubelet.extraConfig.port: the machine decides",
  ],
  [
    "controlplane",
    { machine: { network: { hostname: "a" } } },
    "machine.network.hostname: the HostnameConfig document",
  ],
  [
    "worker",
    { machine: { network: { interfaces: [{ vip: { ip: "10.0.0.9" }, interface: "eth0" }] } } },
    "machine.network.interfaces[0].vip: only control plane",
  ],
  [
    "controlplane",
    { machine: { features: { hostDNS: { enabled: false } } } },
    "machine.features.hostDNS: forwardKubeDNSToHost needs",
  ],
] as const)("a %s config patched with %j is refused", (type, patch, message) => {
  const messages = refusal(type, patch);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toStartWith(message);
});

test("strict makes errors of warnings", () => {
  const config = parseMachineConfig(testConfig("worker").replace("machine:", "machine:\n    disks: []\n    time: {}"));
  expect(validateMachineConfig(config, { mode: "metal" })).toEqual([]);
  const warned = parseMachineConfig(testConfig("controlplane").replace("type: controlplane", "type: init"));
  const [warning] = validateMachineConfig(warned, { mode: "metal" });
  expect(warning).toMatchObject({ severity: "warning", path: "machine.type", line: 5 });
  expect(() => validateMachineConfig(warned, { mode: "metal", strict: true })).toThrow("config:5:11: machine.type");
});
