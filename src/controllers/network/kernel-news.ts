import { anyOf } from "../../async/any-of.ts";
import { paced } from "../../async/paced.ts";
import { pause } from "../../async/pause.ts";

/** Whoever flaps wakes us no more than forty times a second, and the last time is heard within a fortieth of one. */
const pace = { burst: 40, intervalMs: 25 } as const;

type Source = (signal: AbortSignal) => AsyncIterable<unknown>;

/**
 * Wakes a controller that shows what is in the kernel when any of the sources has something to tell: several at once as
 * one, a single one at once, and a flood at a pace that leaves the processor to others.
 */
export const kernelNews = (signal: AbortSignal, ...sources: readonly Source[]): AsyncIterable<unknown> =>
  paced(anyOf(sources, signal), pace, signal);

/**
 * As kernelNews, for a controller that brings the kernel to what it should be. It wakes a moment after those who show
 * what is: what somebody else did is seen before it is undone, and who waits to see something does not wait for it.
 */
export async function* kernelNewsToActOn(
  signal: AbortSignal,
  ...sources: readonly Source[]
): AsyncGenerator<unknown, void, undefined> {
  for await (const news of kernelNews(signal, ...sources)) {
    // Everybody hears meanwhile what the kernel has told. Bun's loop sometimes sleeps while a setImmediate is due, until
    // something else happens; it never sleeps over a timer.
    await pause(1, signal);
    yield news;
  }
}

/** Passes on what comes and notes it before; at the beginning as well, when nobody knows what was missed. */
export async function* noted<T>(changes: AsyncIterable<T>, note: () => void): AsyncGenerator<T, void, undefined> {
  note();
  for await (const change of changes) {
    note();
    yield change;
  }
}
