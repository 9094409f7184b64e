import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { kubeletControllers } from "../../../well-known.ts";

/** One tree of control groups. Version 2 has one for all controllers, version 1 one for each, or for a few. */
export interface CgroupHierarchy {
  /** Directory of the mount, such as `memory` or `unified`; where the machine mounts it in turn. */
  readonly name: string;
  readonly type: "cgroup" | "cgroup2";
  /** Mount options that name the hierarchy, such as `cpu,cpuacct` or `none,name=systemd`. */
  readonly options: string;
  /** Where new groups go: the directory of the group that we are in, or the root of the one hierarchy. */
  readonly parent: string;
}

export interface HostCgroups {
  /** None when the host mounts none; exactly one, of version 2, on a host that has left version 1. */
  readonly hierarchies: readonly CgroupHierarchy[];
  /** Why a kubelet cannot run in groups of this host; undefined when it can. */
  readonly kubeletObstacle: string | undefined;
}

/** What this host offers containers. Hosts with version 1 keep the controllers away from version 2. */
export async function inspectCgroups(proc = "/proc/self"): Promise<HostCgroups> {
  const mounts = parseMounts(await readFile(join(proc, "mounts"), "utf8"));
  const groups = parseGroups(await readFile(join(proc, "cgroup"), "utf8"));
  const first = mounts.filter(({ type }) => type === "cgroup");
  const unified = mounts.find(({ type }) => type === "cgroup2");
  if (first.length === 0) return unified === undefined ? withoutGroups : await unifiedOnly(unified.target);
  const hierarchies = mounts.map((mount) => hierarchyOf(mount, groups));
  const available = first.flatMap(({ options }) => options);
  return { hierarchies, kubeletObstacle: obstacle(available, "these version 1 groups have") };
}

const withoutGroups: HostCgroups = { hierarchies: [], kubeletObstacle: "this host has no control groups" };

/** Groups at the root: the only place where a group may have children that controllers are handed to. */
async function unifiedOnly(root: string): Promise<HostCgroups> {
  const available = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim().split(" ");
  return {
    hierarchies: [{ name: "unified", type: "cgroup2", options: "rw", parent: root }],
    kubeletObstacle: obstacle(available, "this host's cgroup2 has"),
  };
}

function obstacle(available: readonly string[], where: string): string | undefined {
  const missing = kubeletControllers.filter((name) => !available.includes(name));
  return missing.length === 0 ? undefined : `${where} no ${missing.join(", ")}`;
}

interface CgroupMount {
  readonly target: string;
  readonly type: "cgroup" | "cgroup2";
  readonly options: readonly string[];
}

const parseMounts = (text: string): CgroupMount[] =>
  text.split("\n").flatMap((line) => {
    const [, target, type, options = ""] = line.split(" ");
    if (target === undefined || (type !== "cgroup" && type !== "cgroup2")) return [];
    return [{ target, type, options: options.split(",") }];
  });

/** The group that we are in, by controller; `""` is the one of version 2. */
const parseGroups = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const match = /^\d+:([^:]*):(.*)$/.exec(line);
      const [, names, path] = match ?? [];
      if (names === undefined || path === undefined) return [];
      return names.split(",").map((name): [string, string] => [name, path]);
    }),
  );

/** Options of every mount, which say nothing about its hierarchy. */
const plainOptions = /^(?:rw|ro|nosuid|nodev|noexec|(?:rel|no|strict)atime|xattr|clone_children|release_agent=.*)$/;

function hierarchyOf({ target, type, options }: CgroupMount, groups: ReadonlyMap<string, string>): CgroupHierarchy {
  const controllers = type === "cgroup2" ? [""] : options.filter((option) => !plainOptions.test(option));
  const group = controllers.map((name) => groups.get(name)).find((path) => path !== undefined) ?? "/";
  const named = controllers.some((name) => name.startsWith("name="));
  return {
    name: type === "cgroup2" ? "unified" : basename(target),
    type,
    options: type === "cgroup2" ? "rw" : [...(named ? ["none"] : []), ...controllers].join(","),
    parent: resolve(join(target, group)),
  };
}
