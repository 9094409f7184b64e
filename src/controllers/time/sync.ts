import { type TimeSettings, timeSettings } from "../../config/index.ts";
import { defineController, type LogLevel } from "../../cosi/controller.ts";
import { codeOf, messageOf } from "../../errors/message.ts";
import { setHardwareClock } from "../../linux/rtc.ts";
import { type ClockCorrection, slewClock, stepClock } from "../../linux/timex.ts";
import { serverAddresses } from "../../net/ntp/addresses.ts";
import { queryTime } from "../../net/ntp/query.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { TimeServerStatus } from "../../resources/network/time-server-status.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { ClockKeeper, type ClockKeeperOptions } from "./clock-keeper.ts";

/**
 * Who waits for the right time waits so long, unless the configuration says how long. Not for ever: most machines have
 * a hardware clock, and certificates are made anew when the clock is set later.
 */
const defaultBootTimeoutMs = 60_000;
const resolveTimeoutMs = 5_000;

/** All but the first are replaced by tests, which leave the clock of their computer alone. */
export interface TimeSyncOptions extends Partial<Omit<ClockKeeperOptions, "log">> {
  /** Whether the kernel, and so the clock, is this machine's alone; a container's is its host's to keep. */
  readonly isOurs: boolean;
}

/**
 * Keeps the clock, and says whether it can be trusted. Nobody is asked before the machine's owner has said a word: its
 * configuration is also what says who.
 */
export function timeSyncController({ isOurs, monotonicMs = () => performance.now(), ...options }: TimeSyncOptions) {
  let log: (level: LogLevel, message: string) => void = () => {};
  const step = (correction: ClockCorrection) => {
    stepClock(correction);
    keepHardwareClock((message) => log("warn", message));
  };
  const keeper = new ClockKeeper({
    ...{ resolve: resolveWithin, query: queryTime, step, slew: slewClock, monotonicMs, ...options },
    log: (level, message) => log(level, message),
  });
  let waitingSinceMs: number | undefined;

  /** How long those who wait for the right time have to wait for it yet. */
  function waitOf(settings: TimeSettings | undefined): number {
    const timeoutMs = settings?.bootTimeoutMs ?? defaultBootTimeoutMs;
    if (settings === undefined || timeoutMs === 0) return Number.POSITIVE_INFINITY;
    waitingSinceMs ??= monotonicMs();
    return timeoutMs - (monotonicMs() - waitingSinceMs);
  }

  return defineController({
    name: "time.SyncController",
    inputs: [
      activeConfigInput,
      { kind: TimeServerStatus, id: "timeservers", strength: "weak" },
      // Asked without a network, servers would be asked again much later than need be.
      { kind: NetworkStatus, id: "status", strength: "weak" },
    ],
    outputs: [{ kind: TimeStatus, sharing: "exclusive" }],
    wakeOn: (signal) => keeper.run(signal),
    async reconcile(context) {
      log = context.log;
      const config = await activeConfig(context);
      const settings = config === undefined ? undefined : timeSettings(config);
      const syncDisabled = !isOurs || settings?.enabled === false;
      const servers = (await context.get(TimeServerStatus, "timeservers"))?.spec.timeServers ?? [];
      const network = (await context.get(NetworkStatus, "status"))?.spec;
      const canAsk = settings !== undefined && network?.addressReady === true && network.etcFilesReady;
      if (syncDisabled) keeper.leave();
      else keeper.use(canAsk ? servers : []);
      const waitMs = waitOf(settings);
      const synced = syncDisabled || keeper.synced || waitMs <= 0;
      await context.put(TimeStatus, "node", { synced, epoch: keeper.epoch, syncDisabled });
      if (!synced) context.requeueAfter(waitMs);
    },
  });
}

const resolveWithin = (server: string, signal: AbortSignal) =>
  serverAddresses(server, AbortSignal.any([signal, AbortSignal.timeout(resolveTimeoutMs)]));

/** The kernel sets it too, but minutes later: a machine that is switched off before begins with the wrong time again. */
function keepHardwareClock(warn: (message: string) => void): void {
  try {
    setHardwareClock(Date.now());
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") warn(messageOf(thrown));
  }
}
