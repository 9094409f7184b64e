import { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { refuseInContainer } from "./container-mode.ts";

const modes = {
  [machine.RebootRequest.Mode.DEFAULT]: "default",
  [machine.RebootRequest.Mode.POWERCYCLE]: "powercycle",
  [machine.RebootRequest.Mode.FORCE]: "force",
} as const;

/** MachineService/Reboot: answers with the actor id by which the caller finds the sequence's events. */
export async function reboot(
  machine: Machine,
  { mode }: machine.RebootRequest,
): Promise<machine.RebootResponse.$Properties> {
  refuseInContainer(machine);
  return { messages: [{ actor_id: machine.sequencer.reboot({ mode: modes[mode] ?? "default" }).actorId }] };
}
