import { defineController } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { Watchdog } from "../../linux/watchdog.ts";
import { LoadedKernelModule } from "../../resources/runtime/loaded-kernel-module.ts";
import { WatchdogTimerConfig } from "../../resources/runtime/watchdog-timer-config.ts";
import { WatchdogTimerStatus } from "../../resources/runtime/watchdog-timer-status.ts";

/** Two meals may be late or lost. */
const feedsPerTimeout = 3;
/** For a device whose driver is not there yet. */
const retryMs = 60_000;

/** What a watchdog does; the real ones restart machines. */
export interface WatchdogDevice extends Disposable {
  readonly path: string;
  setTimeout(seconds: number): number;
  feed(): void;
}

export interface WatchdogTimerOptions {
  readonly open?: (path: string) => WatchdogDevice;
}

/**
 * Feeds the watchdog that the configuration names, for as long as controllers run: a machine whose PID 1 hangs is
 * restarted by it. One that is no longer wanted is stopped.
 */
export const watchdogTimerController = ({ open = (path) => new Watchdog(path) }: WatchdogTimerOptions = {}) => {
  let device: WatchdogDevice | undefined;
  let setTo: number | undefined;
  let told = "";
  const stop = () => {
    device?.[Symbol.dispose]();
    device = undefined;
    setTo = undefined;
  };
  return defineController({
    name: "runtime.WatchdogTimerController",
    inputs: [
      { kind: WatchdogTimerConfig, id: "timer", strength: "weak" },
      // The driver may be among them.
      { kind: LoadedKernelModule, strength: "weak" },
    ],
    outputs: [{ kind: WatchdogTimerStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const wanted = (await context.get(WatchdogTimerConfig, "timer"))?.spec;
      if (wanted === undefined || device?.path !== wanted.device) stop();
      if (wanted === undefined) return;
      const feedInterval = wanted.timeout / feedsPerTimeout;
      try {
        device ??= open(wanted.device);
        if (setTo !== wanted.timeout) {
          device.setTimeout(Math.ceil(wanted.timeout / 1_000));
          setTo = wanted.timeout;
          context.log("info", `${wanted.device} restarts this machine when it hangs`);
        }
        device.feed();
        told = "";
      } catch (thrown) {
        stop();
        const problem = messageOf(thrown);
        if (told !== problem) context.log("error", problem);
        told = problem;
        context.requeueAfter(retryMs);
        return;
      }
      await context.put(WatchdogTimerStatus, "timer", { ...wanted, feedInterval });
      context.requeueAfter(feedInterval);
    },
  });
};
