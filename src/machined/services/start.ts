import type { State } from "../../cosi/state.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { ServiceSupervisor } from "../supervisor/supervisor.ts";

/** Starts what every machine runs, then, once the config says what this machine is, the rest. Resolves when all are up. */
export async function startServices(supervisor: ServiceSupervisor, state: State, signal: AbortSignal): Promise<void> {
  const definitions = supervisor.definitions();
  const started: string[] = [];
  const start = async (ids: readonly string[]) => {
    for (const id of ids) await supervisor.start(id);
    started.push(...ids);
  };
  await start(definitions.filter(({ machineTypes }) => machineTypes === undefined).map(({ id }) => id));
  const { type } = await whenResource(state, MachineType, "machine-type", () => true, signal);
  const ours = definitions.filter(({ machineTypes }) => machineTypes?.includes(type));
  await start(ours.map(({ id }) => id));
  await Promise.all(started.map((id) => supervisor.whenUp(id, signal)));
}
