import { hardening } from "../../controllers/runtime/kernel-parameters.ts";
import { messageOf } from "../../errors/message.ts";
import { parameterPath, readParameter, sameValue, writeParameter } from "../../linux/kernel-parameter.ts";
import type { Log } from "../machine.ts";

/**
 * Sets what protects the kernel before anything else runs; all other parameters are a matter of resources. One that
 * this kernel does not have is no failure: they are named in one line.
 */
export function enforceHardening(log: Log): void {
  const missing: string[] = [];
  for (const [id, value] of Object.entries(hardening)) {
    const path = parameterPath(id);
    if (path === undefined) throw new TypeError(`Cannot set ${id}: it is no kernel parameter`);
    try {
      const current = readParameter(path);
      if (current === undefined) missing.push(id);
      else if (!sameValue(current, value)) writeParameter(path, value);
    } catch (thrown) {
      log("warn", `Cannot set kernel parameter ${id} to ${value}: ${messageOf(thrown)}`);
    }
  }
  if (missing.length > 0) log("info", `this kernel has no ${missing.join(", ")}`);
}
