import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { bytesOf } from "./body.ts";
import type { RegistrySession } from "./session.ts";

const failuresWithoutProgress = 5;

export interface BlobRequest {
  readonly digest: string;
  readonly size: number;
  /** Where to begin, when the start is there from an earlier attempt. */
  readonly offset: number;
  readonly signal?: AbortSignal;
}

/**
 * A blob's bytes; goes on where it was when a connection breaks.
 * The digest is the receiver's to verify.
 */
export async function* fetchBlob(session: RegistrySession, request: BlobRequest): AsyncGenerator<Uint8Array> {
  const { digest, size, signal } = request;
  const backoff = new Backoff({ initialMs: 250, maximumMs: 5_000 });
  let offset = request.offset;
  let failures = 0;
  while (offset < size) {
    try {
      for await (const chunk of bytesFrom(session, digest, offset, signal)) {
        if (offset + chunk.length > size) throw new Failure(`Cannot fetch ${digest}: it is longer than ${size} bytes`);
        yield chunk;
        offset += chunk.length;
        failures = 0;
        backoff.reset();
      }
      if (offset < size) throw new Failure(`Cannot fetch ${digest}: it ended after ${offset} of ${size} bytes`);
    } catch (error) {
      failures += 1;
      if (signal?.aborted || failures > failuresWithoutProgress) throw error;
      await pause(backoff.next(), signal);
    }
  }
}

async function* bytesFrom(
  session: RegistrySession,
  digest: string,
  offset: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const response = await session.get({
    path: `blobs/${digest}`,
    ...(offset === 0 ? {} : { headers: { range: `bytes=${offset}-` } }),
    ...(signal === undefined ? {} : { signal }),
  });
  // A server may ignore the range and send everything.
  let skip = response.status === 206 ? 0 : offset;
  for await (const chunk of bytesOf(response)) {
    const rest = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
