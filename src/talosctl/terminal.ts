import { writeSync } from "node:fs";
import { codeOf } from "../errors/message.ts";
import type { Terminal } from "./run.ts";

/** What an empty pipe takes at once, with room to spare. */
const directBytes = 32_768;

/** The process's own standard streams. */
export function processTerminal(): Terminal {
  return {
    print: printer(),
    warn(line) {
      const bytes = Buffer.from(`${line}\n`);
      const written = writeDirectly(2, bytes);
      if (written < bytes.length) process.stderr.write(bytes.subarray(written));
    },
    notice: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
    },
    async ask(question) {
      if (!process.stdin.isTTY) return undefined;
      const { createInterface } = await import("node:readline/promises");
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}

/**
 * Prints to standard output. The first short text is written directly: opening process.stdout takes 8 ms, twice as long
 * as all that the help needs besides. It waits for a slow reader, which the first text seldom has.
 */
function printer(): Terminal["print"] {
  let opened = false;
  return async (text) => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    let written = 0;
    if (!opened) {
      opened = true;
      if (bytes.length <= directBytes) written = writeDirectly(1, bytes);
      if (written === bytes.length) return;
    }
    await writeStream(bytes.subarray(written));
  };
}

/** How many of the bytes the file took. */
function writeDirectly(fd: 1 | 2, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return 0;
    exitWithoutReader(error);
    throw error;
  }
}

function writeStream(bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Without a listener the error would be thrown past everyone.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", exitWithoutReader);
  process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error)));
  return promise;
}

/** `talosctl logs … | head` ends the pipe early; that is no error. */
function exitWithoutReader(error: unknown): void {
  if (codeOf(error) === "EPIPE") process.exit(0);
}
