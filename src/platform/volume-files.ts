import { mkdir, mkdtemp, open, readdir, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { listPartitions } from "../block/partitions.ts";
import { type FileSystem, probeFileSystem } from "../block/probe.ts";
import { Failure } from "../errors/failure.ts";
import { codeOf } from "../errors/message.ts";
import { MountFlag, mount, unmount } from "../linux/mount.ts";

/** The longest file that is read, such as a config. */
const maximumBytes = 4 * 1_024 * 1_024;

export interface VolumeAccess {
  /** Makes the kernel know the file systems that such volumes have. */
  readonly loadDrivers: () => Promise<void>;
  /** Block devices to look at; those of this machine by default. */
  readonly devices?: () => Promise<readonly string[]>;
  /** Where to make the mount point. */
  readonly scratch?: string;
}

/** Files of a volume by their names; those that it does not have are left out. */
export interface VolumeFiles {
  readonly device: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads files of the CD, stick, disk or partition with this label, in any case of letters; undefined when there is none.
 * @throws Failure naming the device, when it cannot be read or a file is over 4 MiB
 */
export async function readVolume(
  label: string,
  names: readonly string[],
  { loadDrivers, devices = blockDevices, scratch = "/system/run" }: VolumeAccess,
): Promise<VolumeFiles | undefined> {
  const partitionLabels = new Map(listPartitions().map((partition) => [partition.device, partition.label]));
  for (const device of await devices()) {
    const found = probe(device);
    if (found === undefined || !readable.has(found.type)) continue;
    if (![found.label, partitionLabels.get(device)].some((one) => one?.toLowerCase() === label)) continue;
    await loadDrivers();
    return { device, files: await readFiles(device, found.type, names, scratch) };
  }
  return undefined;
}

const readable: ReadonlySet<string> = new Set(["iso9660", "vfat"]);

function probe(device: string): FileSystem | undefined {
  try {
    return probeFileSystem(device);
  } catch {
    return undefined; // a drive without a medium cannot even be opened
  }
}

async function readFiles(
  device: string,
  type: string,
  names: readonly string[],
  scratch: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  await mkdir(scratch, { recursive: true });
  const target = await mkdtemp(join(scratch, `${basename(device)}-`));
  try {
    const flags = MountFlag.readOnly | MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec;
    mount({ source: device, target, type, flags });
    try {
      const files = new Map<string, Uint8Array>();
      for (const name of names) {
        const content = await readBounded(join(target, name));
        if (content !== undefined) files.set(name, content);
      }
      return files;
    } finally {
      unmount(target);
    }
  } catch (cause) {
    throw new Failure(`Cannot read the files of ${device}`, { cause });
  } finally {
    await rmdir(target);
  }
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > maximumBytes) throw new Failure(`Cannot use "${basename(path)}": it is over 4 MiB`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

const blockDevices = async (): Promise<string[]> =>
  (await readdir("/sys/class/block")).map((name) => join("/dev", name));
