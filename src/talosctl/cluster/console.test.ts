import { afterAll, describe, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootVerdict, ConsoleLog, plain } from "./console.ts";

const kernel = "[    0.000000] Linux version 6.12.117+deb13-cloud-amd64\n";
const init = "[    2.100000] Run /init as init process\n";
const panic = "[    3.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000007\n";

const waits = "[    5.0] [talos] This machine has no config, and waits for one (maintenance mode).\n";

const cases: [string, string, BootVerdict][] = [
  ["nothing yet", "", "silent"],
  ["the kernel prints", kernel, "kernel"],
  ["/init runs", kernel + init, "machined"],
  [
    "an oops before /init",
    `${kernel}[    0.3] BUG: kernel NULL pointer dereference\n[    0.4] Call Trace:\n`,
    "kernel-oops",
  ],
  ["a panic before /init", `${kernel}[    0.9] Kernel panic - not syncing: VFS: Unable to mount root\n`, "kernel-oops"],
  ["PID 1 ended", kernel + init + panic, "panic"],
  ["machined gave up", `${kernel + init}[    4.5] [talos] fatal error: read-only file system\n`, "fatal"],
  ["no config that could be used", kernel + init + waits, "maintenance"],
  [
    "a machine that has got its config",
    `${kernel + init + waits}[   30.0] [talos] The machine has its config; maintenance mode has ended.\n`,
    "machined",
  ],
  ["a machine that rebooted after a panic", kernel + init + panic + kernel + init, "machined"],
  [
    "a process of the machine that speaks of a BUG",
    `${kernel + init}[   9.0] [talos] BUG: nothing to worry about\n`,
    "machined",
  ],
];

describe("a boot is judged by its console", () => {
  for (const [name, text, verdict] of cases) {
    test(name, () => {
      const whole = new ConsoleLog("unused");
      whole.accept(text);
      expect(whole.verdict).toBe(verdict);

      const piecemeal = new ConsoleLog("unused");
      for (const character of text) piecemeal.accept(character);
      expect(piecemeal.verdict).toBe(verdict);
    });
  }
});

describe("the log file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "machined-console-"));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test("is read as it grows, a line at a time", async () => {
    const path = join(directory, "console.log");
    const log = new ConsoleLog(path);
    await log.refresh();
    expect(log.verdict).toBe("silent");
    await appendFile(path, `${kernel}half a li`);
    await log.refresh();
    expect(log.lastLine).toContain("Linux version");
    await appendFile(path, "ne\n");
    await log.refresh();
    expect(log.tail(1)).toEqual(["half a line"]);
  });

  test("stays bounded in memory", async () => {
    const log = new ConsoleLog("unused");
    for (let line = 0; line < 10_000; line += 1) log.accept(`line ${line}\n`);
    expect(log.tail(100_000).length).toBeLessThanOrEqual(400);
    expect(log.lastLine).toBe("line 9999");
  });
});

test("what a terminal would act on is taken out of a line", () => {
  expect(plain("\x1b[2J\x1b[1;31mred\x1b[0m\x07 text\r")).toBe("red text");
});
