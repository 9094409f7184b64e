import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../errors/message.ts";
import type { Log } from "../machine.ts";
import { type KernelModule, type ModuleList, readModuleList } from "./module-list.ts";
import { loadNamedModule } from "./named-module.ts";

const pciDevices = "/sys/bus/pci/devices";

/**
 * Loads the drivers of the cards that are in this machine: the kernel would run modprobe for them, and there is none.
 * What cannot be loaded is logged, and the card not there.
 */
export async function loadDrivers(log: Log): Promise<void> {
  try {
    const list = await readModuleList();
    for (const [name, device] of driversOf(list.modules, await devicesAt(pciDevices)))
      await load(name, device, list, log);
  } catch (thrown) {
    log("warn", messageOf(thrown));
  }
}

async function load(name: string, device: string, list: ModuleList, log: Log): Promise<void> {
  try {
    const { loaded } = await loadNamedModule({ name, parameters: [] }, list);
    if (loaded) log("info", `loaded the driver ${name} for ${device}`);
  } catch (thrown) {
    log("warn", messageOf(thrown));
  }
}

/** Of the modules that drive devices, those for which there is one, and where that is plugged in. */
export function driversOf(
  modules: readonly Pick<KernelModule, "name" | "drives">[],
  devices: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, drives = [] } of modules) {
    const patterns = drives.map((pattern) => new Bun.Glob(pattern));
    const device = [...devices].find(([, alias]) => patterns.some((pattern) => pattern.match(alias)));
    if (device !== undefined) found.set(name, device[0]);
  }
  return found;
}

/** What devices say they are, by where they are plugged in; nothing on a machine without such a bus. */
async function devicesAt(bus: string): Promise<ReadonlyMap<string, string>> {
  const places = await readdir(bus).catch(() => []);
  const aliases = await Promise.all(
    places.map((place) => readFile(join(bus, place, "modalias"), "utf8").catch(() => "")),
  );
  return new Map(places.map((place, index) => [place, aliases[index]?.trim() ?? ""]));
}
