import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a file have this content without becoming another file: whoever has it mounted goes on seeing it. One write
 * holds the new content and blank lines up to the old length, so that a reader never sees the end of the old one.
 */
export function replaceContent(path: string, content: Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const old = oldContent(path);
  if (old === undefined || Buffer.compare(old, content) !== 0) {
    const padded = Buffer.alloc(Math.max(content.length, old?.length ?? 0), "\n");
    padded.set(content);
    const file = openSync(path, old === undefined ? "wx" : "r+", mode);
    try {
      if (padded.length > 0) writeSync(file, padded, 0, padded.length, 0);
      ftruncateSync(file, content.length);
    } finally {
      closeSync(file);
    }
  }
  chmodSync(path, mode); // what the umask took
}

function oldContent(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
