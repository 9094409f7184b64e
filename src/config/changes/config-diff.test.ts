import { expect, test } from "bun:test";
import { parseMachineConfig } from "../parse.ts";
import { testConfig } from "../testing.ts";
import { configDiff } from "./config-diff.ts";
import { textDiff } from "./text-diff.ts";

const before = testConfig("controlplane");
const parse = parseMachineConfig;
const certificateOf = (text: string) => /ca:\s+crt: (\S+)/.exec(text)?.[1] ?? "none";

test("a diff shows what is said differently, and nothing of how it is written", () => {
  const after = before.replace("debug: false", "# why\ndebug: true # on");
  expect(configDiff(parse(before), parse(after))).toBe(
    ["--- a", "+++ b", "@@ -1,5 +1,5 @@", " version: v1alpha1", "-debug: false", "+debug: true"].join("\n") +
      "\n persist: true\n machine:\n     type: controlplane\n",
  );
  expect(configDiff(parse(before), parse(`# comment\n${before}`))).toBe("");
});

test("secrets show as changed, never as they are", () => {
  const token = parse(before).machine.token ?? "";
  const diff = configDiff(parse(before), parse(before.replace(token, "aaaaaa.bbbbbbbbbbbbbbbb")));
  expect(diff).toMatch(/- {4}token: \(hidden 1\)\n\+ {4}token: \(hidden \d+\)\n/);
  expect(diff).not.toContain(token);
  expect(diff).not.toContain("aaaaaa.bbbb");
});

test("a first config is all new, and shows no key", () => {
  const diff = configDiff(undefined, parse(before));
  const { machine, cluster } = parse(before);
  for (const key of [machine.ca?.key, cluster.ca?.key, cluster.secret, cluster.token, machine.token]) {
    expect(key).toBeString();
    expect(diff).not.toContain(key ?? "none");
  }
  expect(diff).toContain(`+        crt: ${certificateOf(before)}`);
});

test("documents show their secrets no more than the rest", () => {
  const document = "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: grpc://host?jointoken=abc\n";
  const diff = configDiff(parse(before), parse(`${before}---\n${document}`));
  expect(diff).toContain("+kind: SideroLinkConfig\n+apiUrl: (hidden ");
});

test("texts without end have a diff in bounded time", () => {
  const lines = (seed: string) => Array.from({ length: 60_000 }, (_, index) => `${seed}${index * 7}`).join("\n");
  const startedMs = performance.now();
  expect(textDiff(lines("a"), lines("b"))).toContain("too different");
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
