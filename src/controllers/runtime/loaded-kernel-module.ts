import { pause } from "../../async/pause.ts";
import { defineController } from "../../cosi/controller.ts";
import { readModules } from "../../linux/proc/modules.ts";
import { watchUevents } from "../../netlink/uevent.ts";
import { LoadedKernelModule } from "../../resources/runtime/loaded-kernel-module.ts";

/** Modules come in dozens at boot, each with an event. */
const atMostEveryMs = 100;

/** Shows which modules the kernel has loaded. It says when one comes or goes; counts are those of that moment. */
export const loadedKernelModuleController = () =>
  defineController({
    name: "runtime.LoadedKernelModuleController",
    inputs: [],
    outputs: [{ kind: LoadedKernelModule, sharing: "exclusive" }],
    async *wakeOn(signal) {
      for await (const _ of watchUevents({ subsystem: "module", signal, limit: 1 })) {
        // The pass comes after the pause, and sees all that happened meanwhile.
        await pause(atMostEveryMs, signal);
        yield;
      }
    },
    async reconcile(context) {
      for (const { name, sizeBytes, referenceCount, usedBy, state, address } of readModules()) {
        const spec = { size: sizeBytes, referenceCount, dependencies: usedBy, state, address };
        await context.put(LoadedKernelModule, name, spec);
      }
    },
  });
