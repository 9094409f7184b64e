import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { mergeDocuments } from "../merge.ts";
import { parseMachineConfig } from "../parse.ts";
import { testConfig } from "../testing.ts";
import { readYaml, toPlain, toYaml } from "../yaml.ts";
import { modes, validateMachineConfig } from "./validate.ts";

interface Case {
  readonly type: string;
  readonly mode: string;
  readonly patch: string;
  readonly said: readonly string[];
}

const text = await Bun.file(new URL("cases.fixture.txt", import.meta.url)).text();
const cases = text
  .split(/\n\n(?=# )/)
  .slice(1)
  .map(readCase);

function readCase(part: string): Case {
  const [first = "", ...lines] = part.trim().split("\n");
  const [type = "", mode = ""] = first.replace("# ", "").split(" ");
  const isSaid = (line: string) => /^[=~]> /.test(line);
  return { type, mode, patch: lines.filter((line) => !isSaid(line)).join("\n"), said: lines.filter(isSaid) };
}

const documentsIn = (yaml: string) => readYaml(yaml).documents.map((node) => toPlain(node) as Record<string, unknown>);
const generated = { controlplane: documentsIn(testConfig("controlplane")), worker: documentsIn(testConfig("worker")) };

/** What validate says of a generated config after a patch, without places. */
function judge({ type, mode, patch }: Omit<Case, "said">): string[] {
  const base = type === "controlplane" || type === "worker" ? generated[type] : undefined;
  const config =
    base &&
    mergeDocuments(base, documentsIn(patch))
      .map((document) => toYaml(document))
      .join("---\n");
  try {
    const known = modes.find((one) => one === mode) ?? "metal";
    const warnings = validateMachineConfig(parseMachineConfig(config ?? patch), { mode: known });
    return warnings.map(({ path, message }) => `~> ${path}: ${message}`);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const said = thrown.message.replaceAll(/on line \d+/g, "on line N").split("\n");
    return said.map((line) => line.replace(/^config:\d+:\d+: /, "=> "));
  }
}

test("every case is judged as it was recorded", () => {
  expect(cases.length).toBeGreaterThan(280);
  const different = cases.flatMap((one) => {
    const said = judge(one);
    return Bun.deepEquals(said, one.said) ? [] : [{ ...one, said, recorded: one.said }];
  });
  expect(different).toEqual([]);
});

test("a problem is told at its place, in whichever document it is", () => {
  const config = parseMachineConfig(
    `${testConfig("worker")}---\napiVersion: v1alpha1\nkind: VLANConfig\nname: v\nvlanID: 5\nroutes:\n- gateway: 0.0.0.0\n`,
    { file: "c.yaml" },
  );
  const line = testConfig("worker").split("\n").length + 1;
  expect(() => validateMachineConfig(config, { mode: "metal" })).toThrow(
    `c.yaml:${line}:1: VLANConfig.parent: missing; it is required`,
  );
});

test("the place of a field whose name has dots is found", () => {
  const config = parseMachineConfig(
    testConfig("worker").replace("machine:\n", "machine:\n    nodeLabels:\n        example.org/rack: a b\n"),
  );
  expect(() => validateMachineConfig(config, { mode: "metal" })).toThrow(
    'config:6:27: machine.nodeLabels.example.org/rack: the label value "a b" is invalid',
  );
});

test("a machine refuses versions of Kubernetes that it could not run; a file may name any", () => {
  const judged = (version: string) => {
    const text = testConfig("controlplane").replace(/(kube-apiserver:)v[\d.]+/, `$1${version}`);
    const config = parseMachineConfig(text);
    expect(validateMachineConfig(config, { mode: "metal" })).toEqual([]);
    try {
      return validateMachineConfig(config, { mode: "metal", onMachine: true });
    } catch (error) {
      return messageOf(error).replace(/^config:\d+:\d+: /, "");
    }
  };
  expect(judged("v1.30.0")).toEqual([]);
  expect(judged("v1.35.99-rc.1@sha256:ab")).toEqual([]);
  expect(judged("v1.29.3")).toBe(
    "cluster.apiServer.image: version 1.29 of Kubernetes is too old for this machine; the oldest is 1.30",
  );
  expect(judged("v1.36.0")).toContain("too new");
  expect(judged("latest")).toContain("does not end in a version of Kubernetes");
});

test("a mangled document is judged, or refused with a place for each reason", () => {
  const documents = cases.filter(({ type }) => type === "none").map(({ patch }) => patch);
  const noise = fc.constantFrom(
    ..."\n|  |- |: |[|]|{|}|'|\"|0|~|null|$patch: delete|\\|&a |*a|__proto__: |é|9999999999999".split("|"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...documents), fc.nat(200), fc.nat(5), noise, (document, at, cut, piece) => {
      const text = document.slice(0, at) + piece + document.slice(at + cut);
      try {
        for (const mode of modes) validateMachineConfig(parseMachineConfig(text), { mode, onMachine: true });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
        for (const line of messageOf(thrown).split("\n")) expect(line).toMatch(/^config:(?:\d+:\d+| and \d+)/);
      }
    }),
    { numRuns: 500 },
  );
});

test("strict makes errors of warnings", () => {
  const warned = parseMachineConfig(testConfig("controlplane").replace("type: controlplane", "type: init"));
  const [warning] = validateMachineConfig(warned, { mode: "metal" });
  expect(warning).toMatchObject({ severity: "warning", path: "machine.type", line: 5 });
  expect(() => validateMachineConfig(warned, { mode: "metal", strict: true })).toThrow("config:5:11: machine.type");
});

test("what the v1alpha1 document says well, documents may replace: no warning for either", () => {
  const config = parseMachineConfig(
    testConfig("worker").replace("machine:\n", "machine:\n    time: {servers: [a.example.org]}\n    disks: []\n"),
  );
  expect(validateMachineConfig(config, { mode: "metal", strict: true })).toEqual([]);
});
