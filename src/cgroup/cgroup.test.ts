import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unmount } from "../linux/mount.ts";
import { createSpawner } from "../linux/spawner/spawner.ts";
import { inMountNamespace } from "../linux/testing/namespace.ts";
import { mountAt } from "../mount/helpers.ts";
import { createGroup, enableControllers, killGroup, limitsOf, moveProcess, removeGroup } from "./group.ts";
import { readProcesses, readStat, readValue } from "./stat.ts";

/** The machine's one version-2 hierarchy, wherever the host has it. */
const inHierarchy = (body: (root: string) => Promise<void>) =>
  inMountNamespace(async () => {
    const root = mkdtempSync(join(tmpdir(), "cgroup-"));
    mountAt({ source: "cgroup2", target: root, type: "cgroup2" });
    try {
      await body(root);
    } finally {
      unmount(root);
      rmSync(root, { recursive: true });
    }
  });

/** The host has one hierarchy for all who test. */
const name = `cgroup-test-${process.pid}`;

test("processes are moved into a group, and die with it", () =>
  inHierarchy(async (root) => {
    using spawner = await createSpawner({ drop: "module-and-boot" });
    createGroup(`${name}/inner`, {}, root);
    const child = await spawner.spawn({ argv: ["/bin/sleep", "1000"] });
    moveProcess(`${name}/inner`, child.pid, root);
    expect(readProcesses(`${name}/inner`, root)).toEqual([child.pid]);
    expect(readFileSync(`/proc/${child.pid}/cgroup`, "utf8")).toContain(`0::/${name}/inner\n`);
    expect(readStat(name, "cgroup.events", root).get("populated")).toBe(1);
    killGroup(name, root);
    expect(await child.exited).toEqual({ code: undefined, signal: "SIGKILL" });
    removeGroup(`${name}/inner`, root);
    removeGroup(name, root);
    expect(existsSync(join(root, name))).toBe(false);
  }));

test("what is missing is absent when read, harmless when removed, and an error when used", () =>
  inHierarchy(async (root) => {
    expect(readValue("no-such-group", "memory.current", root)).toBeUndefined();
    expect(readStat("no-such-group", "memory.stat", root).size).toBe(0);
    removeGroup("no-such-group", root);
    killGroup("no-such-group", root);
    expect(() => moveProcess("no-such-group", process.pid, root)).toThrow('into the cgroup "no-such-group"');
    expect(() => enableControllers("/", ["no-such-controller"], root)).toThrow(
      'Cannot enable no-such-controller in the cgroup "/"',
    );
  }));

test("limits are written to the group's files and read back", () => {
  const root = mkdtempSync(join(tmpdir(), "cgroup-files-"));
  createGroup("system/apid", { memoryMin: 16_777_216, memoryMax: 134_217_728, cpuWeight: 20 }, root);
  expect(readValue("system/apid", "memory.min", root)).toBe(16_777_216);
  expect(readValue("system/apid", "memory.max", root)).toBe(134_217_728);
  expect(readValue("system/apid", "cpu.weight", root)).toBe(20);
  enableControllers("system", ["cpu", "memory"], root);
  for (const level of ["", "system"]) {
    expect(readFileSync(join(root, level, "cgroup.subtree_control"), "utf8")).toBe("+cpu +memory");
  }
  rmSync(root, { recursive: true });
});

test("of the limits those stay whose controller is there", () => {
  const limits = { memoryMin: 1, memoryMax: 2, cpuWeight: 3, processesMax: 4 };
  expect(limitsOf(["memory", "pids"], limits)).toEqual({ memoryMin: 1, memoryMax: 2, processesMax: 4 });
  expect(limitsOf([], limits)).toEqual({});
});
