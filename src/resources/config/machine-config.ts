import { defineDocument } from "../define.ts";
import { textBytes } from "../fields/index.ts";
import { messageOf } from "../fields/message.ts";

const text = messageOf({ yaml: textBytes(1) });

export interface MachineConfig {
  /** Every byte of it, comments included. */
  readonly bytes: Uint8Array;
}

/** The machine configuration, whole, as its author wrote it; ids are `v1alpha1` (in use) and `persistent` (on disk). */
export const MachineConfig = defineDocument<MachineConfig>(
  { type: "MachineConfigs.config.talos.dev", namespace: "config", sensitive: true },
  {
    encode: ({ bytes }) => text.encode({ yaml: bytes }),
    decode: (message) => ({ bytes: text.decode(message).yaml }),
    yaml: ({ bytes }) => new TextDecoder().decode(bytes),
  },
);
