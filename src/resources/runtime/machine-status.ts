import { defineResource } from "../define.ts";
import { boolean, message, string } from "../fields/index.ts";
import { machineStage } from "./machine-names.ts";

const unmetConditionFields = {
  name: string(1),
  reason: string(2),
};

const machineStatusStatusFields = {
  ready: boolean(1),
  unmetConditions: message(2, unmetConditionFields).list(),
};

/** What the machine is doing, and what it still waits for. */
export const MachineStatus = defineResource({
  type: "MachineStatuses.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    stage: machineStage(1),
    status: message(2, machineStatusStatusFields),
  },
  columns: { Stage: "{.stage}", Ready: "{.status.ready}" },
});

export type MachineStatus = typeof MachineStatus.Type;
