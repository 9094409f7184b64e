import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { jsonOf, type LogEvent } from "./event.ts";
import type { Journal } from "./journal.ts";
import { Place } from "./place.ts";
import { connectTcp } from "./tcp.ts";
import { connectUdp } from "./udp.ts";

/** A log collector. */
export interface Destination {
  /** `tcp://host:port` or `udp://host:port`. */
  readonly url: string;
  /** Added to every message. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A way to a collector that is open. */
export interface Outlet extends Disposable {
  /**
   * Resolves when the kernel has taken the lines, with the number of those that no message can carry.
   * @throws Failure when the way is broken.
   */
  send(lines: readonly string[]): Promise<number>;
  /** Aborts, with the reason, when the way breaks. */
  readonly broken: AbortSignal;
}

export interface DeliverOptions {
  readonly signal: AbortSignal;
  readonly log: (level: "info" | "warn", message: string) => void;
  /** Where to begin; default: with the oldest entry. */
  readonly place?: Place;
  /** Between tries to reach the collector. */
  readonly backoff?: { readonly initialMs: number; readonly maximumMs: number };
}

const defaultBackoff = { initialMs: 250, maximumMs: 30_000 } as const;
/** So many lines go at a time. */
const batch = 100;

/**
 * Sends a journal to a collector until the signal aborts. While the collector cannot be
 * reached the journal keeps what it can; what it had to drop is counted and told, here and to the collector.
 */
export async function deliver(
  journal: Journal<LogEvent>,
  { url, tags }: Destination,
  { signal, log, place = new Place(journal.start), backoff: pauses = defaultBackoff }: DeliverOptions,
): Promise<void> {
  const backoff = new Backoff(pauses);
  let reachable = true;
  while (!signal.aborted) {
    try {
      await journal.until(place.next, signal);
      if (signal.aborted) return;
      using outlet = await open(url, signal);
      const ended = AbortSignal.any([signal, outlet.broken]);
      while (!signal.aborted) {
        outlet.broken.throwIfAborted();
        const { entries, next, lost } = journal.read(place.next, batch);
        const lines = [...(lost > 0 ? [aboutLoss(lost)] : []), ...entries].map((entry) => jsonOf(entry, tags));
        const tooLarge = lines.length === 0 ? 0 : await outlet.send(lines);
        place.sent(next);
        if (lost > 0) log("warn", `${lost} log messages for ${url} were dropped: it could not keep up, or be reached`);
        if (tooLarge > 0) log("warn", `${tooLarge} log messages for ${url} were dropped: they are too large for it`);
        if (!reachable && entries.length > 0) log("info", `log messages reach ${url} again`);
        reachable ||= entries.length > 0;
        if (reachable) backoff.reset();
        await journal.until(place.next, ended);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      place.goBack(journal.start);
      if (reachable) log("warn", `Cannot send log messages to ${url}, trying again: ${messageOf(thrown)}`);
      reachable = false;
      await pause(backoff.next(), signal);
    }
  }
}

/** @throws Failure when the URL is none, or nobody answers there. */
function open(url: string, signal: AbortSignal): Promise<Outlet> {
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  const host = hostname?.replace(/^\[(.*)\]$/, "$1");
  if (host && port && protocol === "tcp:") return connectTcp(host, Number(port), signal);
  if (host && port && protocol === "udp:") return connectUdp(host, Number(port), signal);
  throw new Failure(`Cannot send logs to "${url}": it is no URL of the form tcp://host:port or udp://host:port`);
}

const aboutLoss = (lost: number): LogEvent => ({
  message: `${lost} messages before this one were dropped`,
  time: new Date().toISOString(),
  level: "warn",
  fields: { "talos-service": "machined", dropped: lost },
});
