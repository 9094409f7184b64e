import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import type { ClusterDirectory } from "./directory.ts";
import { type HostProcess, identify, isRunning } from "./host-process.ts";

/**
 * Keeps a second `cluster create` or `destroy` of the same cluster out while the first is at it.
 * A lock whose process is gone is taken over.
 * @throws Failure naming the process that holds it.
 */
export async function lockCluster(directory: ClusterDirectory): Promise<AsyncDisposable> {
  // Beside the directory, not in it: destroying removes the directory.
  const path = `${directory.path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  for (const takeOver of [true, false]) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(JSON.stringify(await identify(process.pid)));
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw new Failure(`Cannot lock cluster "${directory.name}"`, { cause });
      const holder = await readHolder(path);
      if (!takeOver || (await isRunning(holder))) {
        throw new Failure(`Cannot change cluster "${directory.name}": process ${holder?.pid ?? "?"} is changing it`);
      }
      await rm(path, { force: true });
    }
  }
  throw new Failure(`Cannot lock cluster "${directory.name}"`);
}

async function readHolder(path: string): Promise<HostProcess | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as HostProcess;
  } catch {
    return undefined;
  }
}
