import { mkdir, mkdtemp, open, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { type FileSystem, probeFileSystem } from "../../../block/probe.ts";
import { Failure } from "../../../errors/failure.ts";
import { MountFlag, mount, unmount } from "../../../linux/mount.ts";
import { decodeConfig } from "./decode.ts";
import { type ConfigSource, maximumConfigBytes } from "./source.ts";

/** Label of the volume, and the value of `talos.config=` that asks for it. */
export const configVolumeLabel = "metal-iso";

export interface VolumeOptions {
  /** Makes the kernel know the file systems that such volumes have. */
  readonly loadDrivers: () => Promise<void>;
  /** Block devices to look at; those of this machine by default. */
  readonly devices?: () => Promise<readonly string[]>;
  /** Where to make the mount point. */
  readonly scratch?: string;
}

/** `config.yaml` on a CD, stick or disk with the label `metal-iso`. */
export const volumeSource = ({
  loadDrivers,
  devices = blockDevices,
  scratch = "/system/run",
}: VolumeOptions): ConfigSource => ({
  name: "platform",
  place: `${configVolumeLabel}:config.yaml`,
  needsNetwork: false,
  async read() {
    for (const device of await devices()) {
      const found = probe(device);
      if (!isConfigVolume(found)) continue;
      await loadDrivers();
      return await readFrom(device, found.type, scratch);
    }
    throw new Failure(`Cannot find the machine configuration: no volume has the label "${configVolumeLabel}"`, {
      hint: `Attach an ISO 9660 or FAT volume of that label that holds config.yaml; it is looked for until it is there`,
    });
  },
});

const readable: ReadonlySet<string> = new Set(["iso9660", "vfat"]);

/** FAT keeps its labels in capitals. */
const isConfigVolume = (found: FileSystem | undefined): found is FileSystem =>
  found !== undefined && readable.has(found.type) && found.label?.toLowerCase() === configVolumeLabel;

function probe(device: string): FileSystem | undefined {
  try {
    return probeFileSystem(device);
  } catch {
    return undefined; // a drive without a medium cannot even be opened
  }
}

async function readFrom(device: string, type: string, scratch: string): Promise<string> {
  await mkdir(scratch, { recursive: true });
  const target = await mkdtemp(join(scratch, "config-volume-"));
  try {
    const flags = MountFlag.readOnly | MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec;
    mount({ source: device, target, type, flags });
    try {
      return decodeConfig(await readBounded(join(target, "config.yaml")));
    } finally {
      unmount(target);
    }
  } catch (cause) {
    throw new Failure(`Cannot read the machine configuration from ${device}`, {
      cause,
      hint: `The volume "${configVolumeLabel}" must hold it as config.yaml`,
    });
  } finally {
    await rmdir(target);
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > maximumConfigBytes) throw new Failure(`Cannot use "${path}": it is over 4 MiB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

const blockDevices = async (): Promise<string[]> =>
  (await readdir("/sys/class/block")).map((name) => join("/dev", name));
