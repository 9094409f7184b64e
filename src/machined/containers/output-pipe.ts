import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFifo } from "../../linux/fifo.ts";
import { close, OpenFlag, open, read } from "../../linux/file-descriptor.ts";
import { watchReadable } from "../../linux/readiness.ts";

const chunkBytes = 64 * 1024;
/** A container that writes without end must leave the event loop to others now and then. */
const chunksPerTurn = 16;

/** A named pipe into which containerd's shim copies what a container writes. */
export interface OutputPipe extends Disposable {
  readonly path: string;
}

/**
 * Makes the pipe and hands on what arrives in it, until disposed of; disposing takes what is still in it.
 * @param write gets bytes that are valid only during the call
 */
export function openOutputPipe(path: string, write: (bytes: Uint8Array) => void): OutputPipe {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  makeFifo(path, 0o600);
  const fd = open(path, OpenFlag.readOnly | OpenFlag.nonBlocking);
  // A writer of our own, or the pipe would read as ended before the shim opens it and whenever it reopens it. Not one
  // descriptor for both: the kernel's asynchronous poll refuses those that can become ready in two ways.
  const writer = open(path, OpenFlag.writeOnly | OpenFlag.nonBlocking);
  const buffer = new Uint8Array(chunkBytes);
  const drain = () => {
    for (let turn = 0; turn < chunksPerTurn; turn += 1) {
      const length = read(fd, buffer);
      if (length === undefined || length === 0) return;
      write(buffer.subarray(0, length));
    }
  };
  const watch = watchReadable(fd, drain);
  return {
    path,
    [Symbol.dispose]: () => {
      watch[Symbol.dispose]();
      drain();
      close(fd);
      close(writer);
      rmSync(path, { force: true });
    },
  };
}
