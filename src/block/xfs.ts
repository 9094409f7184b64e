import { Failure } from "../errors/failure.ts";
import type { Spawner } from "../linux/spawner/spawner.ts";

export interface XfsOptions {
  /** At most 12 bytes. */
  readonly label?: string;
  /** mkfs.xfs has to be told that a file system of under 300 MB is meant. */
  readonly isSmall?: boolean;
  /** Absolute path of mkfs.xfs. */
  readonly program?: string;
}

const outputLimitBytes = 64 * 1_024;

/**
 * Makes an XFS file system on a device, destroying what was there.
 * @throws Failure naming the device, with what mkfs.xfs said.
 */
export async function formatXfs(spawner: Spawner, device: string, options: XfsOptions = {}): Promise<void> {
  const { label, isSmall = false, program = "/usr/sbin/mkfs.xfs" } = options;
  const labelArguments = label === undefined ? [] : ["-L", label];
  const sizeArguments = isSmall ? ["--unsupported"] : [];
  const child = await spawner.spawn({ argv: [program, "-f", ...sizeArguments, ...labelArguments, device] });
  const [output, { code, signal }] = await Promise.all([textOf(child.output), child.exited]);
  if (code === 0) return;
  throw new Failure(`Cannot format "${device}" as XFS: ${lastLine(output) ?? `mkfs.xfs ended with ${code ?? signal}`}`);
}

async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (text.length < outputLimitBytes) text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

const lastLine = (text: string) =>
  text
    .trim()
    .split("\n")
    .findLast((line) => line !== "");
