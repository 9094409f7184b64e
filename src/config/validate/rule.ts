import type { MachineConfig } from "../machine-config.ts";

/** Where a machine runs: its own hardware, a cloud's image, or a container that shares a kernel. */
export type Mode = "metal" | "cloud" | "container";
export const modes: readonly Mode[] = ["metal", "cloud", "container"];

export interface RuleContext {
  readonly mode: Mode;
  error(path: string, message: string): void;
  warn(path: string, message: string): void;
}

/** One thing that must be so between fields; single fields are judged by their description. */
export type Rule = (config: MachineConfig, context: RuleContext) => void;
