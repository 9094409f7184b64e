import type { Change } from "./change.ts";

/** When a config takes force: at once, by a reboot, at the next one, or for a while; `auto` picks between the first two. */
export type ApplyMode = "auto" | "noReboot" | "reboot" | "staged" | "try";

/** What applying a config does. */
export interface Plan {
  readonly mode: Exclude<ApplyMode, "auto">;
  /** All that differs from the config in force. */
  readonly changes: readonly Change[];
  /** Those that only a reboot brings into force. */
  readonly needReboot: readonly Change[];
  /** Ids of services that run anew, for what takes force at once. */
  readonly restarts: readonly string[];
}

/** Decides what a mode comes to for these changes. A plan to change at once what needs a reboot is not to be carried out. */
export function planOf(changes: readonly Change[], wanted: ApplyMode): Plan {
  const needReboot = changes.filter(({ effect }) => effect === "reboot");
  const mode = wanted !== "auto" ? wanted : needReboot.length > 0 ? "reboot" : "noReboot";
  const isLive = mode === "noReboot" || mode === "try";
  const services = changes.flatMap(({ effect }) => (effect.startsWith("restart ") ? [effect.slice(8)] : []));
  return { mode, changes, needReboot, restarts: isLive ? [...new Set(services)] : [] };
}

/** True when the mode wants at once what needs a reboot. */
export const isImpossible = ({ mode, needReboot }: Plan): boolean =>
  (mode === "noReboot" || mode === "try") && needReboot.length > 0;
