import type { State } from "../../cosi/state.ts";
import { Environment } from "../../resources/runtime/environment.ts";
import { machineEnvironment } from "../boot/environment.ts";

/** What the machine's owner added to its environment: programs in containers inherit nothing, and are given this. */
export async function ownersEnvironment(state: State): Promise<Readonly<Record<string, string>>> {
  const lines = (await state.get(Environment, "machined"))?.spec.variables ?? [];
  const variables = lines.map((line): [string, string] => {
    const separator = line.indexOf("=");
    return [line.slice(0, separator), line.slice(separator + 1)];
  });
  return Object.fromEntries(variables.filter(([name, value]) => machineEnvironment[name] !== value));
}
