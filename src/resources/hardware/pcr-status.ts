import { defineResource } from "../define.ts";

/** A TPM register that holds a measurement. */
export const PCRStatus = defineResource({
  type: "PCRStatuses.hardware.talos.dev",
  namespace: "hardware",
  spec: {},
});

export type PCRStatus = typeof PCRStatus.Type;
