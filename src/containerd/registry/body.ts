import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";

/** A transfer that brings nothing for so long is dead. */
const stalledAfterMs = 30_000;

/** A response's bytes as they come. @throws Failure when nothing came for 30 s */
export async function* bytesOf(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    while (true) {
      const next = await withinTime(reader.read());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Also tells the server that nobody listens any more; a broken connection needs no telling.
    await reader.cancel().catch(() => {});
  }
}

/** The whole of a small body. @throws Failure when it is longer than `limit` bytes */
export async function readLimited(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytesOf(response)) {
    length += chunk.length;
    if (length > limit) throw new Failure(`Cannot read ${response.url}: it has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const stalled = pause(stalledAfterMs, done.signal).then(() => {
    if (!done.signal.aborted) throw new Failure(`Cannot read on: no data for ${stalledAfterMs / 1_000} s`);
    return work;
  });
  try {
    return await Promise.race([work, stalled]);
  } finally {
    done.abort();
    stalled.catch(() => {});
  }
}
