import { missingControllers } from "../../cgroup/controllers.ts";
import { Failure } from "../../errors/failure.ts";
import { kubeletControllers } from "../../well-known.ts";

/** @throws Failure where no kubelet can run: it would end at its start, in words of its own, again and again. */
export function checkControlGroups(sharedKernel: boolean, missing = missingControllers(kubeletControllers)): void {
  if (missing.length === 0) return;
  const where = sharedKernel
    ? "the control groups that this container's host gives it"
    : "this kernel's control groups";
  throw new Failure(`Cannot run a kubelet: ${where} have no ${missing.join(", ")}`, {
    hint: sharedKernel
      ? "Boot the host with all controllers in version 2 (systemd.unified_cgroup_hierarchy=1), or use virtual machines"
      : "Boot a kernel that has them (CONFIG_CGROUPS and its controllers), without cgroup_disable=",
  });
}
