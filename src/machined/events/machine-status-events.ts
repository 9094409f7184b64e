import type { State } from "../../cosi/state.ts";
import { machineStage } from "../../resources/runtime/machine-names.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import type { EventLog } from "../machine.ts";

/** Publishes each change of the machine's status, so that clients that follow events see it become ready. */
export async function publishMachineStatus(state: State, events: EventLog, signal: AbortSignal): Promise<void> {
  for await (const event of state.watch(MachineStatus, { id: "machine", signal })) {
    if (event.type !== "created" && event.type !== "updated") continue;
    const { stage, status } = event.resource.spec;
    events.publish({
      kind: "machine.MachineStatusEvent",
      value: {
        stage: machineStage.numbers[stage],
        status: { ready: status.ready, unmet_conditions: status.unmetConditions.map((unmet) => ({ ...unmet })) },
      },
    });
  }
}
