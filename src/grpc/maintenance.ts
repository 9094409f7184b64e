import { methodAt } from "../proto/methods.ts";
import { Code, StatusError } from "./status.ts";

/** What a machine that waits for its config would do for its administrators, if it knew any. */
const forAdministrators: ReadonlySet<string> = new Set(["MetaDelete", "MetaWrite", "Reset", "Upgrade", "Version"]);

/**
 * While a machine waits for its config anybody may call a few methods, and nobody any other: it does not know yet
 * whom to trust. Refusals are worded as clients know them.
 * @param path with or without the leading slash
 * @throws StatusError unless the method is one of those.
 */
export function requireMaintenanceMethod(path: string): void {
  if (methodAt(path)?.maintenance === true) return;
  const [service = "", method = ""] = path.replace(/^\//, "").split("/");
  throw new StatusError(Code.unimplemented, refusal(service, method));
}

function refusal(service: string, method: string): string {
  if (service !== "machine.MachineService") return `unknown service ${service}`;
  if (forAdministrators.has(method)) return "API is not implemented in maintenance mode";
  if (method === "GenerateClientConfiguration")
    return "client configuration (talosconfig) can't be generated in the maintenance mode";
  return `method ${method} not implemented`;
}
