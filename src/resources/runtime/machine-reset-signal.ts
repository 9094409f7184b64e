import { defineResource } from "../define.ts";

/** Exists when the machine has been told to reset. */
export const MachineResetSignal = defineResource({
  type: "MachineResetSignals.runtime.talos.dev",
  namespace: "runtime",
  spec: {},
});

export type MachineResetSignal = typeof MachineResetSignal.Type;
