import { expect, test } from "bun:test";
import { mergeDocuments } from "../merge.ts";
import { parseMachineConfig } from "../parse.ts";
import { testConfig } from "../testing.ts";
import { readYaml, toPlain, toYaml } from "../yaml.ts";
import { changesBetween } from "./changes.ts";
import { isImpossible, planOf } from "./plan.ts";

type Plain = Readonly<Record<string, unknown>>;

const plain = (text: string) => readYaml(text).documents.map((node) => toPlain(node) as Plain);
const parse = (documents: readonly Plain[]) => parseMachineConfig(documents.map((one) => toYaml(one)).join("---\n"));

/** The changes that patches make, as `path before → after, effect`. */
function changes(...patches: readonly Plain[]): string[] {
  const before = plain(testConfig("controlplane"));
  return changesBetween(parse(before), parse(mergeDocuments(before, patches))).map(
    ({ path, before, after, effect }) => `${path} ${JSON.stringify(before)} → ${JSON.stringify(after)}, ${effect}`,
  );
}

const machine = (fields: Plain) => ({ machine: fields });

test("equal configs, however they are written, have no changes", () => {
  const text = testConfig("controlplane");
  const again = `# a comment\n${plain(text)
    .map((one) => JSON.stringify(one, undefined, 2))
    .join("\n---\n")}`;
  expect(changesBetween(parseMachineConfig(text), parseMachineConfig(again))).toEqual([]);
});

test.each([
  [machine({ sysctls: { "vm.swappiness": "10" } }), 'machine.sysctls["vm.swappiness"] undefined → "10", live'],
  [machine({ env: { PROXY: "http://proxy" } }), 'machine.env.PROXY undefined → "http://proxy", reboot'],
  [{ debug: true }, "debug false → true, live"],
  [machine({ token: "aaaaaa.bbbbbbbbbbbbbbbb" }), 'machine.token "(hidden)" → "(hidden)", reboot'],
  [{ apiVersion: "v1alpha1", kind: "HostnameConfig", auto: "off" }, 'HostnameConfig.auto "stable" → "off", live'],
  [
    { apiVersion: "v1alpha1", kind: "StaticHostConfig", name: "10.0.0.9", hostnames: ["db"] },
    'StaticHostConfig[10.0.0.9] undefined → {"name":"10.0.0.9","hostnames":["db"]}, live',
  ],
  [
    machine({ network: { interfaces: [{ interface: "eth1", dhcp: true }] } }),
    'machine.network.interfaces[eth1] undefined → {"interface":"eth1","dhcp":true}, live',
  ],
])("of %j", (patch, change) => {
  expect(changes(patch)).toEqual([change]);
});

test("items that have names are told apart by them, others by their place", () => {
  const interfaces = [{ interface: "eth0" }, { interface: "eth1", mtu: 1500 }];
  const one = machine({ network: { interfaces }, certSANs: ["a.example", "b.example"] });
  const two = machine({ network: { interfaces: [{ interface: "eth1", mtu: 9000 }] }, certSANs: ["c.example"] });
  const base = plain(testConfig("controlplane"));
  const before = mergeDocuments(base, [one]);
  const found = changesBetween(parse(before), parse(mergeDocuments(before, [two])));
  expect(found.map(({ path }) => path)).toEqual(["machine.certSANs[2]", "machine.network.interfaces[eth1].mtu"]);
});

test("what a section was filled up with is no change, but the section may be", () => {
  expect(changes({ cluster: { proxy: { disabled: false } } })).toEqual([]);
});

test("a plan follows the strongest effect", () => {
  const before = plain(testConfig("worker"));
  const plan = (patch: Plain, mode: Parameters<typeof planOf>[1]) =>
    planOf(changesBetween(parse(before), parse(mergeDocuments(before, [patch]))), mode);
  const live = machine({ sysctls: { "a.b": "1" } });
  const hard = machine({ sysctls: { "a.b": "1" }, env: { A: "b" } });
  expect(plan(live, "auto").mode).toBe("noReboot");
  expect(plan(hard, "auto").mode).toBe("reboot");
  expect(plan(hard, "staged").mode).toBe("staged");
  for (const mode of ["noReboot", "try"] as const) {
    expect(isImpossible(plan(live, mode))).toBe(false);
    expect(isImpossible(plan(hard, mode))).toBe(true);
    expect(plan(hard, mode).needReboot.map(({ path }) => path)).toEqual(["machine.env.A"]);
  }
});
