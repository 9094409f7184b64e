import { boolean, duration, oneOf } from "../flag.ts";

/** How a config comes into force, as the API numbers it. */
const modes = { auto: 1, "no-reboot": 2, reboot: 0, staged: 3, try: 4 } as const;

export type ApplyMode = keyof typeof modes;
export const applyModes = Object.keys(modes) as readonly ApplyMode[];
export const modeNumber = (mode: ApplyMode): number => modes[mode];

export const modeDoc = "When the change takes effect: auto reboots if it must, staged waits for the next reboot";

/** Flags of every verb that changes the config of a machine. */
export const applyFlags = {
  mode: oneOf(applyModes, { doc: modeDoc, short: "m", default: "auto" }),
  dryRun: boolean({ doc: "Only say what would change, and whether it needs a reboot" }),
  timeout: duration({ doc: "With --mode try: when the change is undone unless another follows", default: "1m" }),
} as const;
