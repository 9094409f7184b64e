import { runToEnd } from "../supervisor/command.ts";
import { apiFirst } from "../supervisor/conditions.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";
import { triggerDevices, UDEVADM } from "./udevadm.ts";

const SETTLE_SECONDS = 55;

/** Names devices and network links. It may not load modules, as nothing but machined may. */
export const udevd = defineService({
  id: "udevd",
  // A container shares its host's devices, and the host's udev serves them.
  inContainerMode: false,
  runs: process({
    // Few workers: dozens of them at once would hold up everything else that starts on a small machine.
    argv: ["/usr/lib/systemd/systemd-udevd", "--resolve-names=never", "--children-max=2"],
    cgroup: "system/udevd",
  }),
  waitsFor: [apiFirst],
  // Devices that appeared before it ran are announced again.
  afterStart: ({ spawner }, signal) => triggerDevices(spawner, signal),
  health: {
    check: async ({ spawner }, signal) => {
      await runToEnd(spawner, [UDEVADM, "settle", `--timeout=${SETTLE_SECONDS}`], signal);
    },
    initialDelayMs: 100,
    intervalMs: 60_000,
    timeoutMs: SETTLE_SECONDS * 1_000,
  },
});
