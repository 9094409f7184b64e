import { defineDocument } from "../define.ts";
import { messageOf } from "../fields/message.ts";
import { machineType } from "../machine-type-names.ts";

const message = messageOf({ type: machineType(1) });

export interface MachineType {
  readonly type: keyof typeof machineType.numbers;
}

/** Whether this machine is a control plane node or a worker; the id is `machine-type`. */
export const MachineType = defineDocument<MachineType>(
  { type: "MachineTypes.config.talos.dev", namespace: "config", columns: { Type: "{@}" } },
  { ...message, yaml: ({ type }) => type },
);
