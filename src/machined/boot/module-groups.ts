import { readFile } from "node:fs/promises";
import { codeOf, messageOf } from "../../errors/message.ts";
import { loadModule } from "../../linux/module.ts";
import type { Log } from "../machine.ts";
import type { ModuleGroup, ModuleList } from "./module-list.ts";

const LIST = "/usr/lib/modules/list.json";

/**
 * Loads the kernel modules of a group, those that are there already excepted. The kernel cannot ask for them itself:
 * it would run modprobe, and there is none. What cannot be loaded is logged; whoever needs it fails with a better message.
 */
export async function loadModuleGroup(group: ModuleGroup, log: Log): Promise<void> {
  for (const { path } of (await readList(log)).modules.filter((module) => module.group === group)) {
    try {
      loadModule(path);
    } catch (thrown) {
      log("warn", messageOf(thrown));
    }
    // Each takes some 20 ms when emulated: the API must not wait for all of them.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function readList(log: Log): Promise<ModuleList> {
  try {
    return JSON.parse(await readFile(LIST, "utf8"));
  } catch (thrown) {
    // A kernel with everything built in comes without a list.
    if (codeOf(thrown) !== "ENOENT") log("warn", messageOf(thrown));
    return { release: "", modules: [] };
  }
}
