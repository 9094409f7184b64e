import { expect, test } from "bun:test";
import { bind, buildRuntimeSpec, type ContainerSpec } from "./build.ts";
import { allCapabilities, grantableCapabilities } from "./capabilities.ts";

const plain: ContainerSpec = { args: ["/x"], env: { A: "b=c" }, isolate: ["pid"], cgroup: "/podruntime/x", mounts: [] };

test("a plain container has no capability, cannot gain one, and sees little of the kernel", () => {
  const { process, linux, root } = buildRuntimeSpec({ ...plain, uid: 60, gid: 60, readOnlyRoot: true });
  expect(process).toMatchObject({ args: ["/x"], env: ["A=b=c"], user: { uid: 60, gid: 60 }, noNewPrivileges: true });
  expect(Object.values(process.capabilities).flat()).toEqual([]);
  expect(linux.maskedPaths).toContain("/proc/kcore");
  expect(linux.resources.devices[0]).toEqual({ allow: false, access: "rwm" });
  expect(linux.namespaces).toEqual([{ type: "mount" }, { type: "pid" }]);
  expect(root.readonly).toBe(true);
});

test("the most privileged container can neither load a module nor reboot", () => {
  const { process, linux } = buildRuntimeSpec({ ...plain, privileged: true, capabilities: grantableCapabilities });
  expect(process.capabilities.bounding).toHaveLength(allCapabilities.length - 2);
  expect(process.capabilities.bounding).not.toContain("CAP_SYS_MODULE");
  expect(process.capabilities.bounding).not.toContain("CAP_SYS_BOOT");
  expect(process.noNewPrivileges).toBe(false);
  expect(linux.maskedPaths).toEqual([]);
  expect(() => buildRuntimeSpec({ ...plain, capabilities: ["CAP_SYS_BOOT"] })).toThrow("machined's alone");
});

test("a mount of the container's own replaces the usual one, and what would lie below it", () => {
  const { mounts } = buildRuntimeSpec({ ...plain, mounts: [bind("/dev"), bind("/run", "/run", "rshared", "rw")] });
  expect(mounts.map(({ destination }) => destination)).toEqual(["/proc", "/sys", "/dev", "/run"]);
  expect(mounts.at(-2)?.options).toEqual(["rbind", "rprivate"]);
  expect(mounts.at(-1)?.options).toEqual(["rbind", "rshared", "rw"]);
});
