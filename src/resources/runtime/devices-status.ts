import { defineResource } from "../define.ts";
import { boolean } from "../fields/index.ts";

/** Whether udev has seen all devices. */
export const DevicesStatus = defineResource({
  type: "DevicesStatuses.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    ready: boolean(1),
  },
  columns: { Ready: "{.ready}" },
});

export type DevicesStatus = typeof DevicesStatus.Type;
