import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { refuseInContainer } from "./container-mode.ts";

/** MachineService/Shutdown: answers with the actor id by which the caller finds the sequence's events. */
export async function shutdown(
  machine: Machine,
  { force }: machine.ShutdownRequest,
): Promise<machine.ShutdownResponse.$Properties> {
  refuseInContainer(machine);
  return { messages: [{ actor_id: machine.sequencer.shutdown({ force }).actorId }] };
}
