import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingControllers } from "./controllers.ts";

const wanted = ["cpu", "cpuset", "memory", "pids"];

test("a controller is there with either version of control groups", () => {
  const root = mkdtempSync(join(tmpdir(), "controllers-"));
  const mounts = join(root, "mounts");
  const hybrid = [
    "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0",
    "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
    "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,pids 0 0",
    "",
  ];
  writeFileSync(mounts, hybrid.join("\n"));
  expect(missingControllers(wanted, { mounts, root })).toEqual(["cpuset", "pids"]);
  writeFileSync(join(root, "cgroup.controllers"), "cpuset pids\n");
  expect(missingControllers(wanted, { mounts, root })).toEqual([]);
  writeFileSync(mounts, "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
  expect(missingControllers(wanted, { mounts, root })).toEqual(["cpu", "memory"]);
  rmSync(root, { recursive: true });
});
