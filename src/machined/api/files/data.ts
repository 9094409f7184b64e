import type { common } from "../../../proto/index.ts";

/** Largest payload of one streamed message. Small enough for a peer's default flow-control window. */
const chunkBytes = 32 * 1024 - 64;

/** A byte stream as API messages, in chunks that no peer's window is too small for. */
export async function* toData(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<common.Data.$Properties> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += chunkBytes) yield { bytes: chunk.subarray(at, at + chunkBytes) };
  }
}
