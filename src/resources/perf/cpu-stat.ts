import { defineResource } from "../define.ts";
import { message, uint64 } from "../fields/index.ts";
import { cpuTimeFields } from "./cpu-time.ts";

/** What the processors have been doing, in seconds since boot. */
export const CPUStat = defineResource({
  type: "CPUStats.perf.talos.dev",
  namespace: "perf",
  spec: {
    cpu: message(1, cpuTimeFields).list(),
    cpuTotal: message(2, cpuTimeFields),
    irqTotal: uint64(3),
    contextSwitches: uint64(4),
    processCreated: uint64(5),
    processRunning: uint64(6),
    processBlocked: uint64(7),
    softIrqTotal: uint64(8),
  },
  columns: { User: "{.cpuTotal.user}", System: "{.cpuTotal.system}" },
});

export type CPUStat = typeof CPUStat.Type;
