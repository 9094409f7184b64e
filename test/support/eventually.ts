import { pause } from "../../src/async/pause.ts";

/**
 * Asks again and again until an answer satisfies, and returns it. For what is on the other side of a protocol without
 * events; everything else is awaited by its event.
 * @throws the last failure, when the patience ends.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  { timeoutMs = 120_000, intervalMs = 250 } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (true) {
    let last: unknown;
    try {
      const answer = await ask();
      if (satisfies(answer)) return answer;
      last = new Error(`not satisfied by ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw last;
    await pause(intervalMs);
  }
}
