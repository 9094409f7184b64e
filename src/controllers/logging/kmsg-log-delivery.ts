import { Notice } from "../../async/notice.ts";
import { defineController, type LogLevel } from "../../cosi/controller.ts";
import { facilityName, priorityName } from "../../kmsg/names.ts";
import { type KernelLogOptions, readKernelLog } from "../../kmsg/reader.ts";
import type { KmsgRecord } from "../../kmsg/record.ts";
import { bootMs } from "../../linux/clock.ts";
import { Deliveries } from "../../net/json-lines/deliveries.ts";
import type { EventLevel, LogEvent } from "../../net/json-lines/event.ts";
import { Journal } from "../../net/json-lines/journal.ts";
import { KmsgLogConfig } from "../../resources/runtime/kmsg-log-config.ts";

/** As much as the kernel itself keeps. */
const limits = { entries: 8_192, bytes: 1_024 * 1_024 };

export interface KmsgLogDeliveryOptions {
  readonly read?: (options: KernelLogOptions) => AsyncIterable<KmsgRecord>;
}

/** Sends the kernel's log, and with it the machine's own, where it is wanted: all that the kernel still knows of. */
export function kmsgLogDeliveryController({ read = readKernelLog }: KmsgLogDeliveryOptions = {}) {
  let log: (level: LogLevel, message: string) => void = () => {};
  const journal = new Journal<LogEvent>(limits);
  const deliveries = new Deliveries(journal, (level, message) => log(level, message));
  const wanted = new Notice();
  let isWanted = false;
  let latest = -1;

  /** Follows the kernel's log while somebody wants it. Wakes nobody: what is read goes into the journal. */
  async function* follow(signal: AbortSignal): AsyncGenerator<never> {
    using _ = deliveries;
    while (!signal.aborted) {
      if (!isWanted) {
        await wanted.next(signal);
        continue;
      }
      const unwanted = new AbortController();
      const reading = AbortSignal.any([signal, unwanted.signal]);
      void wanted.next(reading).then(() => unwanted.abort());
      for await (const record of read({ follow: true, signal: reading })) {
        if (record.sequence <= latest) continue;
        latest = record.sequence;
        journal.write(eventOf(record, Date.now() - bootMs()), record.text.length);
      }
    }
  }

  return defineController({
    name: "runtime.KmsgLogDeliveryController",
    inputs: [{ kind: KmsgLogConfig, id: "kmsg-log", strength: "weak" }],
    outputs: [],
    wakeOn: follow,
    async reconcile(context) {
      log = context.log;
      const urls = (await context.get(KmsgLogConfig, "kmsg-log"))?.spec.destinations ?? [];
      const before = isWanted;
      isWanted = urls.length > 0;
      if (!isWanted) journal.clear();
      deliveries.use(urls.map((url) => ({ url, tags: {} })));
      if (before !== isWanted) wanted.post();
    },
  });
}

/** @param bootTimeMs when the kernel started, by the clock of now; milliseconds since 1970 */
export function eventOf(record: KmsgRecord, bootTimeMs: number): LogEvent {
  const { facility, priority, sequence, timestamp, text } = record;
  return {
    message: text,
    time: new Date(bootTimeMs + timestamp / 1_000).toISOString(),
    level: levelOf(priority),
    fields: {
      facility: facilityName(facility),
      seq: sequence,
      clock: timestamp,
      priority: priorityName(priority),
    },
  };
}

function levelOf(priority: number): EventLevel {
  if (priority <= 3) return "error";
  if (priority === 4) return "warn";
  return priority === 7 ? "debug" : "info";
}
