import { enumeration } from "./fields/enumeration.ts";

// What kinds of machines there are.

export const machineType = enumeration({ unknown: 0, init: 1, controlplane: 2, worker: 3 });
