import { expect, test } from "bun:test";
import { mergeDeep } from "../merge-deep.ts";
import { renderBaseSpec } from "./base-spec.ts";

test("overrides are laid over the default: limits are added, mounts appended, words replaced", () => {
  const limits = [{ type: "RLIMIT_NOFILE", hard: 1_024, soft: 512 }];
  const mount = { destination: "/extra", type: "tmpfs", source: "tmpfs" };
  const spec = JSON.parse(renderBaseSpec({ process: { rlimits: limits, noNewPrivileges: false }, mounts: [mount] }));
  expect(spec.process).toMatchObject({ rlimits: limits, noNewPrivileges: false, cwd: "/" });
  expect(spec.mounts).toHaveLength(8);
  expect(spec.mounts.at(-1)).toEqual(mount);
});

// Where containerd's own client is, its word counts; it is older on some hosts, and asks the host's cgroups.
const ctr = Bun.which("ctr");
test.if(ctr !== null)("the default is containerd's own", async () => {
  const own = JSON.parse(await Bun.spawn([ctr ?? "", "oci", "spec"]).stdout.text());
  const ours = JSON.parse(renderBaseSpec({}));
  const comparable = ({ process: { rlimits, ...process }, linux, mounts, root }: typeof own) => ({
    process,
    mounts,
    root,
    maskedPaths: [...linux.maskedPaths].sort(),
    readonlyPaths: linux.readonlyPaths,
    resources: linux.resources,
    namespaces: linux.namespaces.filter(({ type }: { type: string }) => type !== "cgroup"),
  });
  expect(comparable(ours)).toEqual(comparable(own));
});

test("tables merge, lists append, the rest is replaced", () => {
  expect(mergeDeep({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2], e: true }, d: { f: 2 } })).toEqual({
    a: { b: 1, c: [1, 2], e: true },
    d: { f: 2 },
  });
});
