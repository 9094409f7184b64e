import { Failure } from "../../../errors/failure.ts";
import { removeGroup } from "./cgroup.ts";
import { removeNetwork } from "./network.ts";

/** Undoes the steps that `container/provisioner.ts` recorded, each `<kind> <what>`. What is gone already is no error. */
export async function clean(steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    const [kind, what = ""] = step.split(" ");
    if (kind === "network") await removeNetwork(what);
    else if (kind === "cgroup") await removeGroup(what);
    else throw new Failure(`Cannot undo "${step}": an unknown step`);
  }
}
