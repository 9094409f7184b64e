import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a file have this content without becoming another file: whoever has it mounted goes on seeing it. One write
 * holds all that is new, and blank lines up to the old length, so that a reader never sees the end of the old one. What
 * is only added is beyond the end until all of it is there.
 */
export function replaceContent(path: string, content: Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const old = oldContent(path);
  if (old === undefined || Buffer.compare(old, content) !== 0) {
    const padded = Buffer.alloc(Math.max(content.length, old?.length ?? 0), "\n");
    padded.set(content);
    const file = openSync(path, old === undefined ? "wx" : "r+", mode);
    try {
      const from = commonLength(padded, old ?? new Uint8Array(0));
      if (padded.length > from) writeSync(file, padded, from, padded.length - from, from);
      ftruncateSync(file, content.length);
    } finally {
      closeSync(file);
    }
  }
  chmodSync(path, mode); // what the umask took
}

/** How much two texts have in common from their beginning. */
function commonLength(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return at;
  return length;
}

function oldContent(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
