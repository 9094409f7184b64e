import { expect, test } from "bun:test";
import { Failure } from "../../errors/failure.ts";
import { checkControlGroups } from "./control-groups.ts";

test("a kubelet is not started without control groups, and that is told with what to do", () => {
  expect(() => checkControlGroups(true, [])).not.toThrow();
  const failureOf = (sharedKernel: boolean): Failure => {
    try {
      checkControlGroups(sharedKernel, ["memory", "pids"]);
    } catch (thrown) {
      if (thrown instanceof Failure) return thrown;
    }
    throw new Error("it would start");
  };
  expect(failureOf(true).message).toBe(
    "Cannot run a kubelet: the control groups that this container's host gives it have no memory, pids",
  );
  expect(failureOf(true).hint).toContain("systemd.unified_cgroup_hierarchy=1");
  expect(failureOf(false).hint).toContain("CONFIG_CGROUPS");
});
