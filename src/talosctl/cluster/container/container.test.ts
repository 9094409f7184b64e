import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clean } from "../clean.ts";
import { run } from "../host-program.ts";
import { createGroup } from "./cgroup.ts";
import { enterCommand } from "./enter.ts";
import { inspectCgroups } from "./hierarchy.ts";

const inDirectory = async (work: (root: string) => Promise<void>) => {
  const root = await mkdtemp(join(tmpdir(), "machined-container-"));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

/** A host's /proc/self. */
const host = async (root: string, mounts: readonly string[], groups: string) => {
  await Bun.write(join(root, "mounts"), `${mounts.join("\n")}\n`);
  await Bun.write(join(root, "cgroup"), groups);
  return await inspectCgroups(root);
};

test("a host with groups of version 1 gives each hierarchy a group below the one that we are in", () =>
  inDirectory(async (root) => {
    const cgroup = (name: string, options: string) => `cgroup ${root}/${name} cgroup rw,nosuid,relatime,${options} 0 0`;
    const mounts = [
      cgroup("cpu,cpuacct", "cpu,cpuacct"),
      cgroup("cpuset", "cpuset,clone_children"),
      cgroup("memory", "memory"),
      cgroup("pids", "pids"),
      cgroup("systemd", "xattr,release_agent=/a,name=systemd"),
      `cgroup2 ${root}/unified cgroup2 rw,nsdelegate 0 0`,
    ];
    const groups = "9:name=systemd:/user\n4:memory:/limits/7\n3:cpuset:/\n2:cpu,cpuacct:/\n0::/session\n";
    const { hierarchies, kubeletObstacle } = await host(root, mounts, groups);
    expect(kubeletObstacle).toBeUndefined();
    expect(hierarchies.map(({ name, options, parent }) => [name, options, parent.slice(root.length)])).toEqual([
      ["cpu,cpuacct", "cpu,cpuacct", "/cpu,cpuacct"],
      ["cpuset", "cpuset", "/cpuset"],
      ["memory", "memory", "/memory/limits/7"],
      ["pids", "pids", "/pids"],
      ["systemd", "none,name=systemd", "/systemd/user"],
      ["unified", "rw", "/unified/session"],
    ]);
    expect((await host(root, mounts.slice(0, 2), groups)).kubeletObstacle).toContain("have no memory, pids");
  }));

test("a host with version 2 alone gives a group at the root, if that has what a kubelet needs", () =>
  inDirectory(async (root) => {
    const mounts = [`cgroup2 ${root} cgroup2 rw 0 0`];
    await Bun.write(join(root, "cgroup.controllers"), "cpuset cpu io memory hugetlb pids\n");
    expect(await host(root, mounts, "0::/session\n")).toEqual({
      hierarchies: [{ name: "unified", type: "cgroup2", options: "rw", parent: root }],
      kubeletObstacle: undefined,
    });
    await Bun.write(join(root, "cgroup.controllers"), "hugetlb\n");
    expect((await host(root, mounts, "0::/\n")).kubeletObstacle).toContain("no cpu, cpuset, memory, pids");
    expect((await host(root, [], "0::/\n")).hierarchies).toEqual([]);
  }));

test("a new group of version 1 has the processors of its parent", () =>
  inDirectory(async (root) => {
    for (const file of ["cpuset.cpus", "cpuset.mems"]) await Bun.write(join(root, file), "0-1\n");
    const hierarchy = { name: "cpuset", type: "cgroup", options: "cpuset", parent: root } as const;
    const path = await createGroup(hierarchy, "machine", false);
    expect(await Bun.file(join(path, "cpuset.mems")).text()).toBe("0-1\n");
  }));

test("the container gets its own environment and nothing of ours", () => {
  const command = enterCommand({
    hostname: "x-worker-1",
    networkNamespace: "machined-x",
    cgroups: [],
    rootfs: "/tree",
    binary: "/machined",
    var: "/v",
    state: "/s",
    mountPoint: "/m",
    environment: { PLATFORM: "container" },
  });
  expect(command.slice(command.indexOf("env"), command.lastIndexOf("sh"))).toEqual([
    "env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "PLATFORM=container",
  ]);
});

test("the script that enters a container is one that a shell accepts", async () => {
  const command = enterCommand({
    hostname: "",
    networkNamespace: "x",
    cgroups: [],
    rootfs: "",
    binary: "",
    var: "",
    state: "",
    mountPoint: "",
    environment: {},
  });
  const scripts = command.filter((_, at) => command[at - 1] === "-c");
  expect(scripts.at(-1)).toContain("exec chroot");
  for (const script of scripts) expect(await run("sh", "-n", "-c", script)).toBe("");
  expect(scripts).toHaveLength(2);
});

test("undoing a step that nobody knows is an error, undoing what is gone is none", async () => {
  await expect(clean(["mystery x"])).rejects.toThrow('Cannot undo "mystery x"');
  await clean(["cgroup /no/such/group"]);
});

test("a program that fails is quoted", async () => {
  await expect(run("sh", "-c", "echo broken >&2; exit 3")).rejects.toThrow("broken");
  await expect(run("no-such-program")).rejects.toThrow("it is not installed");
});
