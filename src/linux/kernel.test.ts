import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { bootMs, monotonicMs } from "./clock.ts";
import { scrubbed } from "./environment.ts";
import { Errno } from "./errno.ts";
import { open } from "./file-descriptor.ts";
import { setHostname } from "./hostname.ts";
import { decodeAddress, encodeAddress, splitPrefix } from "./internet-address.ts";
import { loadModule } from "./module.ts";
import { mount, moveMount, unmount } from "./mount.ts";
import { threadId } from "./process.ts";
import { Rlimit, readLimits, setLimits } from "./rlimit.ts";
import { statfs } from "./statfs.ts";
import { errnoName, SyscallError } from "./syscall-error.ts";
import { inMountNamespace, inUtsNamespace } from "./testing/namespace.ts";
import { readClockDiscipline } from "./timex.ts";

test("a refused call says what was tried, why, and under which name", () => {
  const attempt = () => mount({ source: "none", target: "/does/not/exist", type: "tmpfs" });
  expect(attempt).toThrow('Cannot mount tmpfs from "none" on "/does/not/exist": no such file or directory (ENOENT)');
  try {
    attempt();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SyscallError);
    expect(thrown).toMatchObject({ errno: Errno.ENOENT, code: "ENOENT" });
  }
  expect(errnoName(9_999)).toBe("errno 9999");
});

test("errno survives garbage collection between calls", () => {
  let wrong = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const garbage = Array.from({ length: 50 }, (_, index) => ({ index }));
    try {
      open(round % 2 === 0 ? "/does/not/exist" : "/proc/self/mem/x");
    } catch (thrown) {
      const expected = round % 2 === 0 ? "ENOENT" : "ENOTDIR";
      if (!(thrown instanceof SyscallError) || thrown.code !== expected) wrong += garbage.length;
    }
  }
  expect(wrong).toBe(0);
});

test("a tmpfs is mounted, measured, moved and unmounted", () =>
  inMountNamespace(() => {
    const directory = mkdtempSync(join(tmpdir(), "mount-"));
    mkdirSync(join(directory, "a"));
    mkdirSync(join(directory, "b"));
    mount({ source: "tmpfs", target: join(directory, "a"), type: "tmpfs", options: "size=1m" });
    writeFileSync(join(directory, "a/file"), "x");
    expect(statfs(join(directory, "a"))).toMatchObject({ type: 0x01021994, sizeBytes: 1_048_576 });
    moveMount(join(directory, "a"), join(directory, "b"));
    expect(readFileSync(join(directory, "b/file"), "utf8")).toBe("x");
    unmount(join(directory, "b"));
    expect(() => statSync(join(directory, "b/file"))).toThrow("ENOENT");
    rmSync(directory, { recursive: true });
  }));

test("the host name is set", () =>
  inUtsNamespace(() => {
    setHostname("machine-7");
    expect(hostname()).toBe("machine-7");
    expect(() => setHostname("x".repeat(65))).toThrow("(EINVAL)");
  }));

test("a file that is no module is refused by the kernel", () => {
  expect(() => loadModule("/etc/hostname")).toThrow('Cannot load the kernel module "/etc/hostname"');
});

test("limits are read and lowered", () => {
  const before = readLimits(Rlimit.core);
  setLimits(Rlimit.core, { soft: 0, hard: before.hard });
  expect(readLimits(Rlimit.core).soft).toBe(0);
  setLimits(Rlimit.core, before);
});

test("clocks count from boot", () => {
  const uptimeMs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1_000;
  expect(Math.abs(bootMs() - uptimeMs)).toBeLessThan(1_000);
  expect(monotonicMs()).toBeLessThanOrEqual(bootMs() + 1);
  expect(threadId()).toBe(process.pid);
});

test("the kernel tells how it keeps its clock", () => {
  const { frequencyRatio, state, status, maximumErrorMs } = readClockDiscipline();
  // The kernel corrects its clock by 500 parts in a million at most.
  expect(Math.abs(frequencyRatio - 1)).toBeLessThan(0.001);
  expect(state).toStartWith("TIME_");
  expect(state === "TIME_ERROR").toBe(status.includes("STA_UNSYNC"));
  expect(maximumErrorMs).toBeGreaterThanOrEqual(0);
});

test("addresses go to bytes and back", () => {
  for (const text of ["10.0.2.15", "::1", "2001:db8::7"]) expect(decodeAddress(encodeAddress(text))).toBe(text);
  expect(decodeAddress(new Uint8Array(5))).toBeUndefined();
  expect(() => encodeAddress("10.0.0.300")).toThrow('Cannot parse "10.0.0.300" as an IP address');
  expect(splitPrefix("10.0.0.0/8")).toEqual({ address: "10.0.0.0", length: 8 });
  expect(() => splitPrefix("10.0.0.0/33")).toThrow("the length must be 0 to 32");
});

test("the engine's variables are left out, others stay", () => {
  expect(scrubbed({ BUN_BE_BUN: "1", NODE_OPTIONS: "x", NODE_NAME: "n", GONE: undefined })).toEqual({ NODE_NAME: "n" });
});
