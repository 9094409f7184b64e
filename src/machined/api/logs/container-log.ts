import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../../errors/failure.ts";
import { codeOf } from "../../../errors/message.ts";
import { directoryChanges } from "../../../files/directory-changes.ts";

export interface ContainerLogOptions {
  /** Only so many of the last lines; all without it. */
  readonly tailLines?: number;
  /** Goes on with what is written later, until the signal aborts. */
  readonly follow?: boolean;
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;

/**
 * A log file that grows, and that the kubelet puts aside for a new one of the same name when it is large. What was
 * written to the old one is read to its end before the new one begins. Chunks are of no particular length.
 * @throws Failure when there is no such file.
 */
export async function* containerLog(path: string, options: ContainerLogOptions): AsyncGenerator<Uint8Array> {
  const { tailLines, follow = false, signal } = options;
  let file = await open(path).catch((cause) => {
    throw new Failure(`Cannot read the log "${path}"`, { cause });
  });
  try {
    let at = tailLines === undefined ? 0 : await startOfLastLines(file, tailLines);
    const readOn = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunksFrom(file, at)) {
        at += chunk.length;
        yield chunk;
      }
    };
    if (!follow) return yield* readOn();
    for await (const _ of directoryChanges([dirname(path)], signal)) {
      const next = await successor(file, path);
      yield* readOn();
      if (next === undefined) continue;
      await file.close();
      file = next;
      at = 0;
      yield* readOn();
    }
  } finally {
    await file.close();
  }
}

/** The file that has the path now, when that is another. */
async function successor(file: FileHandle, path: string): Promise<FileHandle | undefined> {
  try {
    const found = await open(path);
    const [now, then] = await Promise.all([found.stat(), file.stat()]);
    if (now.ino !== then.ino || now.dev !== then.dev) return found;
    await found.close();
    return undefined;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined; // between the two
    throw thrown;
  }
}

async function* chunksFrom(file: FileHandle, from: number): AsyncGenerator<Uint8Array> {
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Where the last lines begin; an unfinished one counts. Read from the end: logs are long. */
async function startOfLastLines(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  if (lines === 0) return size;
  const newline = 0x0a;
  let missing = lines;
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - chunkBytes);
    const { bytesRead, buffer } = await file.read(new Uint8Array(end - from), 0, end - from, from);
    for (let at = bytesRead - 1; at >= 0; at -= 1) {
      const ends = buffer[at] === newline && from + at !== size - 1;
      if (ends && --missing === 0) return from + at + 1;
    }
    end = from;
  }
  return 0;
}
