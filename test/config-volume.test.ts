import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { bootMachine, type TestMachine } from "./machine/machine.ts";

const minutes = (count: number) => count * 60_000;
let machine: TestMachine;

beforeAll(async () => {
  machine = await bootMachine("--config-injection-method", "metal-iso");
}, minutes(22));
afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

test(
  "a machine finds its config on a volume, leaves that as it is, and keeps the config",
  async () => {
    expect(await readFile(machine.consolePath, "utf8")).toContain("loaded from metal-iso:config.yaml");
    expect(await machine.ask("read", "/proc/mounts")).not.toContain("iso9660");
    expect(await machine.ask("read", "/system/state/config.yaml")).toContain("version: v1alpha1");
  },
  minutes(6),
);
