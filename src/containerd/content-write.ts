import { Failure } from "../errors/failure.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { containerd, google } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";
import { type Calls, methodsOf } from "./calls.ts";
import type { Descriptor } from "./descriptor.ts";
import { isAlreadyExists } from "./missing.ts";

const v1 = containerd.services.content.v1;
const { STAT, WRITE, COMMIT } = v1.WriteAction;
const method = methodsOf("containerd.services.content.v1.Content");
const write = method("Write", v1.WriteContentRequest, v1.WriteContentResponse);
const abort = method("Abort", v1.AbortRequest, google.protobuf.Empty);

/** The HTTP/2 client stalls on larger messages when the server widens its window (bug B1 of node:http2 in Bun). */
const largestChunk = 32 * 1024;
/** No single blob takes longer; a stalled source is the source's to notice. */
const writeTimeoutMs = 60 * 60_000;

export interface ContentWrite {
  readonly descriptor: Descriptor;
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The blob's bytes from an offset on. */
export type ContentSource = (offset: number) => AsyncIterable<Uint8Array>;

/** Stores a blob through containerd's Content.Write: where are you, the bytes, commit. */
export async function writeContent(calls: Calls, options: ContentWrite, source: ContentSource): Promise<void> {
  const { descriptor, labels = {}, signal } = options;
  const { digest, size } = descriptor;
  const common = { ref: digest, total: size, expected: digest };
  const stored = Promise.withResolvers<number>();
  // The stream may fail before anybody waits for the offset.
  stored.promise.catch(() => {});

  async function* requests() {
    yield { action: STAT, ...common };
    let offset = await stored.promise;
    if (offset < size) {
      for await (const data of pieces(source(offset))) {
        yield { action: WRITE, ref: digest, offset, data };
        offset += data.length;
      }
    }
    if (offset !== size) throw new Failure(`Cannot store ${digest}: got ${offset} of ${size} bytes`);
    yield { action: COMMIT, ...common, offset, labels };
  }

  try {
    const callOptions = { timeoutMs: writeTimeoutMs, ...(signal === undefined ? {} : { signal }) };
    for await (const response of calls.bidi(write, requests(), callOptions)) {
      if (response.action === STAT) stored.resolve(toNumber(response.offset));
    }
  } catch (error) {
    // Somebody else was faster, or it had been there all along.
    if (isAlreadyExists(error)) return;
    if (!(error instanceof StatusError) || error.code !== Code.failedPrecondition) throw error;
    // Wrong bytes would be what the next attempt resumes from.
    await calls.unary(abort, { ref: digest });
    throw new Failure(`Cannot store ${digest}: the bytes received have another digest`, { cause: error });
  } finally {
    stored.reject(new Failure(`Cannot store ${digest}: containerd ended the transfer`));
  }
}

/** The same bytes in full messages: one per packet of the network would cost more than the transfer. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(largestChunk);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + largestChunk - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < largestChunk) continue;
      yield buffer;
      // Not the same again: the message may still be on its way.
      buffer = new Uint8Array(largestChunk);
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
