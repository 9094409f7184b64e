import { messageOf } from "../../errors/message.ts";
import { loadModule } from "../../linux/module.ts";
import type { Log } from "../machine.ts";
import { type ModuleGroup, type ModuleList, readModuleList } from "./module-list.ts";

/**
 * Loads the kernel modules of a group, those that are there already excepted. The kernel cannot ask for them itself:
 * it would run modprobe, and there is none. What cannot be loaded is logged; whoever needs it fails with a better message.
 */
export async function loadModuleGroup(group: ModuleGroup, log: Log): Promise<void> {
  for (const { path } of (await modulesOf(log)).filter((module) => module.group === group)) {
    try {
      loadModule(path);
    } catch (thrown) {
      log("warn", messageOf(thrown));
    }
    // Each takes some 20 ms when emulated: the API must not wait for all of them.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function modulesOf(log: Log): Promise<ModuleList["modules"]> {
  try {
    return (await readModuleList()).modules;
  } catch (thrown) {
    log("warn", messageOf(thrown));
    return [];
  }
}
