import { timeSettings } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { setClock } from "../../linux/clock.ts";
import { slewClock } from "../../linux/timex.ts";
import { type Measurement, queryTime } from "../../net/ntp/query.ts";
import { TimeServerStatus } from "../../resources/network/time-server-status.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { ClockKeeper } from "./clock-keeper.ts";

/**
 * Who waits for the right time waits so long, unless the configuration says how long. Not for ever: most machines have
 * a hardware clock, and certificates are made anew when the clock is set later.
 */
const defaultBootTimeoutMs = 60_000;

export interface TimeSyncOptions {
  /** Whether the kernel, and so the clock, is this machine's alone; a container's is its host's to keep. */
  readonly isOurs: boolean;
  /** Milliseconds since the machine's start. */
  readonly uptimeMs: () => number;
  /** Replaced by tests, which leave the clock of their computer alone. */
  readonly query?: (server: string, options: { readonly signal: AbortSignal }) => Promise<Measurement>;
  readonly step?: (offsetMs: number) => void;
  readonly slew?: (offsetMs: number) => void;
}

/** Keeps the clock, and says whether it can be trusted. */
export function timeSyncController(options: TimeSyncOptions) {
  const { isOurs, uptimeMs, query = queryTime, slew = slewClock } = options;
  const step = options.step ?? ((offsetMs: number) => setClock(Date.now() + offsetMs));
  let log: ConstructorParameters<typeof ClockKeeper>[0]["log"] = () => {};
  const keeper = new ClockKeeper({ query, step, slew, log: (level, message) => log(level, message) });
  return defineController({
    name: "time.SyncController",
    inputs: [activeConfigInput, { kind: TimeServerStatus, id: "timeservers", strength: "weak" }],
    outputs: [{ kind: TimeStatus, sharing: "exclusive" }],
    wakeOn: (signal) => keeper.run(signal),
    async reconcile(context) {
      log = context.log;
      const config = await activeConfig(context);
      const servers = (await context.get(TimeServerStatus, "timeservers"))?.spec.timeServers ?? [];
      const settings = config === undefined ? undefined : timeSettings(config);
      const syncDisabled = !isOurs || settings?.enabled === false;
      keeper.use(syncDisabled ? [] : servers);
      const timeoutMs = settings?.bootTimeoutMs ?? defaultBootTimeoutMs;
      const waitMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs - uptimeMs();
      const synced = syncDisabled || keeper.synced || waitMs <= 0;
      await context.put(TimeStatus, "node", { synced, epoch: keeper.epoch, syncDisabled });
      if (!synced) context.requeueAfter(waitMs);
    },
  });
}
