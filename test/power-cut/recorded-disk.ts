import { existsSync } from "node:fs";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

/** A file that serves as a disk, and remembers everything that was done to it. */
export interface RecordedDisk extends AsyncDisposable {
  /** Looks like a raw image; writes to it and flushes of it are logged before they are answered. */
  readonly path: string;
  readonly log: string;
  /** Size of the log now: what was answered so far is before it. */
  position(): Promise<number>;
}

const program = "qemu-storage-daemon";

/** Whether this host can: QEMU's storage daemon shows the disk as a file by FUSE. */
export const canRecord =
  Bun.which(program) !== null &&
  existsSync("/dev/fuse") &&
  Bun.spawnSync([program, "--help"]).stdout.toString().includes("type=]fuse");

/**
 * Makes a blank disk, and begins to record.
 * @param directory for the log and the disk's content.
 */
export async function recordDisk(directory: string, name: string, sizeBytes: number): Promise<RecordedDisk> {
  const file = (suffix: string) => join(directory, `${name}.${suffix}`);
  const path = file("disk");
  for (const each of [file("raw"), file("log"), path]) await writeFile(each, "", { mode: 0o600 });
  await truncate(file("raw"), sizeBytes);
  const daemon = Bun.spawn(
    [
      ...[program, "--daemonize", "--pidfile", file("pid")],
      ...["--blockdev", `driver=file,node-name=raw,filename=${file("raw")},discard=unmap`],
      ...["--blockdev", `driver=file,node-name=log,filename=${file("log")}`],
      ...["--blockdev", "driver=blklogwrites,node-name=recorded,file=raw,log=log,discard=unmap"],
      ...["--export", `fuse,id=disk,node-name=recorded,mountpoint=${path},writable=on`],
    ],
    { stdin: "ignore", stdout: "ignore", stderr: Bun.file(file("errors")) },
  );
  // With --daemonize it ends when the file is there.
  if ((await daemon.exited) !== 0) throw new Error(`cannot record a disk: ${await Bun.file(file("errors")).text()}`);
  const pid = Number(await readFile(file("pid"), "utf8"));
  return {
    path,
    log: file("log"),
    position: async () => (await stat(file("log"))).size,
    async [Symbol.asyncDispose]() {
      process.kill(pid, "SIGTERM");
      // It is not our child any more: its pid file is the last that it removes.
      await eventually(
        async () => existsSync(file("pid")),
        (isThere) => !isThere,
        { intervalMs: 5, timeoutMs: 60_000 },
      );
    },
  };
}
