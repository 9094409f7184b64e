import { defineResource } from "../define.ts";
import { double, message, string } from "../fields/index.ts";

const phaseFields = {
  name: string(1, "What was done, such as `mount` or `network`"),
  startedMs: double(2, "Milliseconds since the kernel started"),
  endedMs: double(3, "Milliseconds since the kernel started; absent while the phase runs").nullable(),
};

/** How this boot went, phase by phase; the id is `boot`. Ours: the reference has no such type. */
export const BootProgress = defineResource({
  type: "BootProgresses.runtime.machined.dev",
  aliases: ["boot"],
  namespace: "runtime",
  spec: {
    phases: message(1, phaseFields).list(),
    readyMs: double(2, "When the API began to answer, in milliseconds since the kernel started").nullable(),
  },
  columns: { Phases: "{.phases[*].name}", Ready: "{.readyMs}" },
});

export type BootProgress = typeof BootProgress.Type;
