import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectCgroups } from "./cgroup.ts";
import { clean } from "./clean.ts";
import { enterCommand } from "./enter.ts";
import { planNetwork } from "./network.ts";
import { run } from "./run.ts";

const inDirectory = async (work: (root: string) => Promise<void>) => {
  const root = await mkdtemp(join(tmpdir(), "machined-container-"));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

test("a host that keeps its controllers in version 1 groups cannot run a kubelet, and says which", () =>
  inDirectory(async (root) => {
    await Bun.write(join(root, "cgroup.controllers"), "hugetlb\n");
    await Bun.write(join(root, "mounts"), `cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\ncgroup2 ${root} cgroup2 rw 0 0\n`);
    const { kubeletObstacle } = await inspectCgroups(join(root, "mounts"));
    expect(kubeletObstacle).toContain("no cpu, cpuset, memory, pids");

    await Bun.write(join(root, "cgroup.controllers"), "cpuset cpu io memory hugetlb pids\n");
    expect(await inspectCgroups(join(root, "mounts"))).toEqual({ root, kubeletObstacle: undefined });
  }));

test("a host without cgroup2 says so", () =>
  inDirectory(async (root) => {
    await Bun.write(join(root, "mounts"), "proc /proc proc rw 0 0\n");
    expect(await inspectCgroups(join(root, "mounts"))).toMatchObject({ root: undefined });
  }));

test("a cluster's network has names that fit, and two ends of one subnet", () => {
  const { link, hostAddress, containerAddress } = planNetwork("a-cluster-with-quite-a-long-name");
  expect(link.length).toBeLessThanOrEqual(15);
  expect(hostAddress).toMatch(/^10\.5\.\d+\.1$/);
  expect(containerAddress).toBe(hostAddress.replace(/1$/, "2"));
  expect(planNetwork("another").link).not.toBe(link);
});

test("the container gets its own environment and nothing of ours", () => {
  const command = enterCommand({
    networkNamespace: "machined-x",
    cgroup: undefined,
    rootfs: "/tree",
    binary: "/machined",
    var: "/v",
    state: "/s",
    mountPoint: "/m",
    environment: { PLATFORM: "container" },
  });
  expect(command.slice(command.indexOf("env"), command.indexOf("sh"))).toEqual([
    "env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "PLATFORM=container",
  ]);
});

test("the script that enters a container is one that a shell accepts", async () => {
  const command = enterCommand({
    networkNamespace: "x",
    cgroup: undefined,
    rootfs: "",
    binary: "",
    var: "",
    state: "",
    mountPoint: "",
    environment: {},
  });
  const script = command[command.indexOf("-c") + 1] ?? "";
  expect(script).toContain("exec chroot");
  expect(await run("sh", "-n", "-c", script)).toBe("");
});

test("undoing a step that nobody knows is an error, undoing what is gone is none", async () => {
  await expect(clean(["mystery x"])).rejects.toThrow('Cannot undo "mystery x"');
  await clean(["cgroup /no/such/group"]);
});

test("a program that fails is quoted", async () => {
  await expect(run("sh", "-c", "echo broken >&2; exit 3")).rejects.toThrow("broken");
  await expect(run("no-such-program")).rejects.toThrow("it is not installed");
});
