import { anyOf } from "../../async/any-of.ts";
import { paced } from "../../async/paced.ts";

/** Whoever flaps wakes us no more than twenty times a second, and the last time is heard within a twentieth of one. */
const pace = { burst: 20, intervalMs: 50 } as const;

/**
 * Wakes a controller when any of the sources has something to tell: several at once as one, a single one at once, and
 * a flood at a pace that leaves the processor to others. For controllers that look at the whole kernel when they wake.
 */
export const kernelNews = (
  signal: AbortSignal,
  ...sources: readonly ((signal: AbortSignal) => AsyncIterable<unknown>)[]
): AsyncIterable<unknown> => paced(anyOf(sources, signal), pace, signal);
