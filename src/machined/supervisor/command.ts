import { Failure } from "../../errors/failure.ts";
import type { Spawner } from "../../linux/spawner/spawner.ts";

const OUTPUT_LIMIT_BYTES = 64 * 1_024;

/**
 * Runs a helper program to its end; an abort kills it.
 * @returns what it wrote to stdout and stderr, at most 64 KiB.
 * @throws Failure with the last line it wrote, when it did not end with 0.
 */
export async function runToEnd(spawner: Spawner, argv: readonly string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const child = await spawner.spawn({ argv });
  const onAbort = () => child.kill("SIGKILL");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const [output, { code, signal: killer }] = await Promise.all([textOf(child.output), child.exited]);
    if (code === 0) return output;
    const said = output.trim().split("\n").at(-1) || `it ended with ${code ?? killer}`;
    throw new Failure(`Cannot run "${argv.join(" ")}": ${said}`);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (text.length < OUTPUT_LIMIT_BYTES) text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
