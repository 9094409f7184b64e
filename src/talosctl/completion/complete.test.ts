import { expect, test } from "bun:test";
import { commands } from "../catalog.ts";
import { complete } from "./complete.ts";
import { completionScript, shells } from "./scripts.ts";

const never = new AbortController().signal;
const candidates = async (...words: readonly string[]) =>
  (await complete(commands, words, never)).split("\n").filter(Boolean);

test("verbs complete, at both levels", async () => {
  expect(await candidates("mem")).toEqual(["memory"]);
  expect(await candidates("config", "con")).toEqual(["context", "contexts"]);
  expect(await candidates("service", "x", "st")).toEqual(["start", "status", "stop"]);
});

test("flags complete, and the words that they take", async () => {
  expect(await candidates("logs", "--t")).toEqual(["--tail", "--talosconfig"]);
  expect(await candidates("reboot", "--mode", "")).toEqual(["default", "force", "powercycle"]);
});

test("a machine that cannot be asked completes to nothing", async () => {
  expect(await candidates("logs", "--talosconfig", "/no/such/file", "k")).toEqual([]);
});

test.each(["bash", "zsh", "fish"])("the script for %s asks the program", (shell) => {
  expect(shells).toContain(shell);
  expect(completionScript(shell)).toContain("__complete");
});

test("bash understands its script", async () => {
  const child = Bun.spawn(["bash", "-n"], { stdin: Buffer.from(completionScript("bash") ?? ""), stderr: "pipe" });
  expect(await child.exited).toBe(0);
  expect(completionScript("tcsh")).toBeUndefined();
});

test.each([
  ["talosctl logs -k kube-system/a:", "b:0a c:0b"],
  ["talosctl logs -k kube-system/a:c", "c:0b"],
  ["talosctl logs -k ku", "kube-system/a:b:0a kube-system/a:c:0b"],
  ["talosctl logs -k ", "kube-system/a:b:0a kube-system/a:c:0b -k"],
])("bash completes %p after its colons", async (line, expected) => {
  // What the program would say, and the words that it was given in the end.
  const program = `talosctl() { printf "%s\\n" kube-system/a:b:0a kube-system/a:c:0b "\${@: -2:1}"; }`;
  const ask = `COMP_LINE='${line}' COMP_POINT=${line.length}; _talosctl; echo "\${COMPREPLY[*]}" | tr '\\n' ' '`;
  const child = Bun.spawn(["bash", "-c", `${program}\n${completionScript("bash")}\n${ask}`], { stdout: "pipe" });
  expect((await child.stdout.text()).trim()).toBe(expected);
});
