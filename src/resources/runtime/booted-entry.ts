import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The boot loader's entry that this boot came from. */
export const BootedEntry = defineResource({
  type: "BootedEntries.talos.dev",
  namespace: "runtime",
  spec: {
    bootedEntry: string(1).optional(),
  },
  columns: { "Booted Entry": "{.bootedEntry}" },
});

export type BootedEntry = typeof BootedEntry.Type;
