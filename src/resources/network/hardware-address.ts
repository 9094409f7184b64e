import { defineResource } from "../define.ts";
import { hardwareAddress, string } from "../fields/index.ts";

/** The link-layer address that identifies this machine. */
export const HardwareAddress = defineResource({
  type: "HardwareAddresses.net.talos.dev",
  namespace: "network",
  spec: {
    name: string(1),
    hardwareAddr: hardwareAddress(2),
  },
});

export type HardwareAddress = typeof HardwareAddress.Type;
