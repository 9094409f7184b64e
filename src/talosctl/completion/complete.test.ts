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
