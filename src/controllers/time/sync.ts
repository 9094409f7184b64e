import { defineController } from "../../cosi/controller.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";

/**
 * Says whether the clock can be trusted. For now the kernel's own setting from the hardware clock at boot is trusted:
 * nothing asks time servers yet.
 */
export const timeSyncController = () =>
  defineController({
    name: "time.SyncController",
    inputs: [],
    outputs: [{ kind: TimeStatus, sharing: "exclusive" }],
    async reconcile(context) {
      await context.put(TimeStatus, "node", { synced: true, epoch: 0, syncDisabled: false });
    },
  });
