import { pause } from "../../src/async/pause.ts";
import { eventually } from "./eventually.ts";

export interface WriterOptions {
  /** Writes one value under a key that nobody has used; resolves when it is promised to be kept. */
  readonly write: (key: string, value: string) => Promise<unknown>;
  /** Writes that are under way at once. */
  readonly parallel?: number;
  /** Pause after a write that failed, so that what is down is not also flooded. */
  readonly pauseMs?: number;
}

/** Writes as long as it is let, and remembers what it was promised. */
export interface AcknowledgedWriter {
  /** What was promised to be kept, by key. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** How many writes failed: those may have been made, or not. */
  readonly failed: number;
  /** Resolves at the next promise: what is written to works. */
  next(): Promise<void>;
  /** Lets writes under way end. */
  stop(): Promise<void>;
  /** Keys whose promise was not kept. @param read what is there now; undefined for nothing */
  missing(read: (key: string) => Promise<string | undefined>): Promise<string[]>;
}

const readers = 16;

export function startWriter({ write, parallel = 2, pauseMs = 20 }: WriterOptions): AcknowledgedWriter {
  const acknowledged = new Map<string, string>();
  const stopping = new AbortController();
  let failed = 0;
  let begun = 0;
  let told = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const [key, value] = [`writes-${++begun}`, crypto.randomUUID()];
      try {
        await write(key, value);
        acknowledged.set(key, value);
        told.resolve();
      } catch {
        failed += 1;
        await pause(pauseMs, stopping.signal);
      }
    }
  }

  const running = Promise.all(Array.from({ length: parallel }, run));
  return {
    acknowledged,
    get failed() {
      return failed;
    },
    next() {
      told = Promise.withResolvers();
      return told.promise;
    },
    async stop() {
      stopping.abort();
      await running;
    },
    async missing(read) {
      const lost: string[] = [];
      const left = acknowledged.entries();
      // Readers share the iterator, so that each takes the next.
      const look = async () => {
        for (const [key, value] of left) {
          // A question that nobody answers says nothing of what is kept.
          const found = await eventually(
            () => read(key),
            () => true,
          );
          if (found !== value) lost.push(key);
        }
      };
      await Promise.all(Array.from({ length: readers }, look));
      return lost;
    },
  };
}
