import type { Spawner } from "../../linux/spawner/spawner.ts";
import { runToEnd } from "../supervisor/command.ts";

export const UDEVADM = "/usr/bin/udevadm";

/** Announces every device again, as if it had just appeared. */
export async function triggerDevices(spawner: Spawner, signal: AbortSignal): Promise<void> {
  await runToEnd(spawner, [UDEVADM, "trigger", "--type=subsystems", "--action=add"], signal);
  await runToEnd(spawner, [UDEVADM, "trigger", "--type=devices", "--action=add"], signal);
}

/** Has udevd read its rules again, and apply them to what is there. */
export async function reloadRules(spawner: Spawner, signal: AbortSignal): Promise<void> {
  await runToEnd(spawner, [UDEVADM, "control", "--reload"], signal);
  await triggerDevices(spawner, signal);
}
