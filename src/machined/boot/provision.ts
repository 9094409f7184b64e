import { listDisks } from "../../block/disks.ts";
import type { MachineConfig as ParsedConfig } from "../../config/index.ts";
import { messageOf } from "../../errors/message.ts";
import { isMountPoint } from "../../mount/helpers.ts";
import { encryptedVolumes } from "./encryption-wish.ts";
import { ephemeralDirectory, findEphemeral, mountEphemeral, mountVarInMemory } from "./ephemeral-volume.ts";
import { loadModuleGroup } from "./module-groups.ts";
import { mountOverlays, setUpVarDirectories } from "./mounts.ts";
import { prepareDisk } from "./prepare-disk.ts";
import { mountState, stateDirectory } from "./state-volume.ts";
import { chooseDisk } from "./system-disk.ts";
import type { VolumesOptions } from "./volumes.ts";

interface Context extends Omit<VolumesOptions, "state"> {
  readonly signal: AbortSignal;
  /** Tells who waits for it that a volume is mounted. */
  readonly tellMount: (id: string, source: string, target: string) => Promise<void>;
}

/** See `Volumes`. STATE was looked for before. */
export async function provision(config: ParsedConfig, context: Context): Promise<void> {
  const { log, tellMount } = context;
  const source = await mountVar(config, context);
  setUpVarDirectories();
  mountOverlays(log);
  await context.writeFiles(config);
  // Not earlier: who waits for /var also expects what is in it.
  await tellMount("EPHEMERAL", source, ephemeralDirectory);
}

async function mountVar(config: ParsedConfig, context: Context): Promise<string> {
  const { log } = context;
  if (isMountPoint(ephemeralDirectory)) return ephemeralDirectory;
  const device = findEphemeral() ?? (await makeVolumes(config, context));
  if (device === undefined) {
    log("warn", "there is no disk for STATE and EPHEMERAL: they are in memory, and lost at the next boot");
    mountVarInMemory();
    return "tmpfs";
  }
  await loadModuleGroup("volume", log);
  mountEphemeral(device, config.machine.features.diskQuotaSupport);
  return device;
}

/** @returns the device of EPHEMERAL, or undefined when there is no disk to make it on, or that fails. */
async function makeVolumes(config: ParsedConfig, context: Context): Promise<string | undefined> {
  const { log, spawner, signal, whenDisksAreNamed, tellMount } = context;
  if (isMountPoint(stateDirectory)) {
    log("warn", "there is a STATE but no EPHEMERAL: no other disk is divided for it");
    return undefined;
  }
  const encrypted = encryptedVolumes(config);
  if (encrypted.length > 0) {
    log("error", `Cannot encrypt ${encrypted.join(" and ")}: this version has no encryption. No disk is written to`);
    return undefined;
  }
  const { machine } = config;
  const installDisk = machine.install.disk === "" ? undefined : machine.install.disk;
  if (installDisk?.startsWith("/dev/disk/")) await whenDisksAreNamed(signal);
  const { disk, remarks } = chooseDisk(listDisks(), { installDisk });
  for (const remark of remarks) log("info", remark);
  if (disk === undefined) return undefined;
  log("info", `${disk.device} is divided into META, STATE and EPHEMERAL`);
  let ephemeral: string | undefined;
  const use = async () => {
    const source = await mountState(log);
    if (source !== undefined) await tellMount("STATE", source, stateDirectory);
    ephemeral = findEphemeral();
  };
  try {
    await loadModuleGroup("volume", log);
    await prepareDisk(disk.device, { spawner, signal, use });
  } catch (thrown) {
    // The next boot begins again. Until then the machine can say what is wrong with its disk.
    log("error", messageOf(thrown));
    return undefined;
  }
  return ephemeral;
}
