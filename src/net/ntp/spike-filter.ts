export interface ClockSample {
  readonly offsetMs: number;
  readonly delayMs: number;
}

const remembered = 8;
/** Fewer say nothing about what is usual. */
const fewestSamples = 4;
const unusualJitters = 3;
/** Below, it is the machine's own business that is measured: interrupts, a busy processor. */
const smallestSpikeMs = 1;

/**
 * Tells a clock that is off from an answer that was held up on its way in one direction, which looks the same. The
 * usual differences between answers are measured against the one that was under way for the shortest time (RFC 5905,
 * 10 and 11.1); what jumps away much further is a spike. Two that agree are none.
 */
export class SpikeFilter {
  #samples: readonly ClockSample[] = [];

  /** Judges a sample, and remembers it. */
  isSpike(sample: ClockSample): boolean {
    const before = this.#samples;
    this.#samples = [...before, sample].slice(-remembered);
    const last = before.at(-1);
    // An answer cannot be held up by more than it was under way.
    if (last === undefined || Math.abs(sample.offsetMs) > sample.delayMs) return false;
    if (this.#samples.length < fewestSamples) return false;
    const jump = Math.abs(sample.offsetMs - last.offsetMs);
    return jump > Math.max(smallestSpikeMs, unusualJitters * jitterMs(before));
  }

  /** What was measured before was another clock. */
  reset(): void {
    this.#samples = [];
  }
}

function jitterMs(samples: readonly ClockSample[]): number {
  const best = samples.reduce((least, sample) => (sample.delayMs < least.delayMs ? sample : least));
  const squares = samples.map(({ offsetMs }) => (offsetMs - best.offsetMs) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, samples.length - 1));
}
