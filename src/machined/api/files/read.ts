import { constants, type FileHandle, open, stat } from "node:fs/promises";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { common, machine } from "../../../proto/index.ts";
import { toData } from "./data.ts";
import { absolutePath, fileError } from "./path.ts";

const bufferBytes = 64 * 1024;

/** MachineService/Read: the content of a regular file, those of /proc and /sys included. */
export async function* read({ path }: machine.ReadRequest): AsyncGenerator<common.Data.$Properties> {
  const file = await openRegular(absolutePath(path));
  try {
    yield* toData(content(file));
  } finally {
    await file.close();
  }
}

/**
 * Looks before it opens: opening a device may have effects, such as starting a watchdog. And never waits: a pipe without
 * a writer, or /proc/kmsg, would keep one of the few threads that all files are read with.
 */
async function openRegular(path: string): Promise<FileHandle> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileError(error);
  }
  throw new StatusError(Code.invalidArgument, "path must be a regular file");
}

// Files of /proc say that they are empty: only reading on until nothing comes tells their end.
async function* content(file: FileHandle): AsyncGenerator<Uint8Array> {
  while (true) {
    const { bytesRead, buffer } = await file
      .read(Buffer.allocUnsafe(bufferBytes), 0, bufferBytes, null)
      .catch((error) => {
        throw fileError(error);
      });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
