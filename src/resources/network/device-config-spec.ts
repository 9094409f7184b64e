import { defineDocument } from "../define.ts";
import { textBytes } from "../fields/index.ts";
import { messageOf } from "../fields/message.ts";

const text = messageOf({ yaml: textBytes(1) });

export interface DeviceConfigSpec {
  /** The device's part of the machine configuration, as YAML. */
  readonly yaml: Uint8Array;
}

/** A network device of the machine configuration. */
export const DeviceConfigSpec = defineDocument<DeviceConfigSpec>(
  { type: "DeviceConfigSpecs.net.talos.dev", namespace: "network", sensitive: true },
  { encode: text.encode, decode: text.decode, yaml: ({ yaml }) => new TextDecoder().decode(yaml) },
);
