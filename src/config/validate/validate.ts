import { placeOf } from "../locate.ts";
import type { MachineConfig } from "../machine-config.ts";
import { ConfigFailure, type Problem } from "../problem.ts";
import { clusterRules } from "./cluster.ts";
import { machineRules } from "./machine.ts";
import type { Mode } from "./rule.ts";

export { type Mode, modes } from "./rule.ts";

export interface ValidateOptions {
  readonly mode: Mode;
  /** Warnings are errors. */
  readonly strict?: boolean;
}

/**
 * Judges a parsed config as a whole.
 * @returns warnings, those of the parser included.
 * @throws ConfigFailure with every error.
 */
export function validateMachineConfig(config: MachineConfig, { mode, strict = false }: ValidateOptions): Problem[] {
  const problems: Problem[] = [...config.warnings];
  const report = (severity: Problem["severity"]) => (path: string, message: string) => {
    problems.push({ severity, path, message, ...placeOf(config, path) });
  };
  const context = { mode, error: report("error"), warn: report("warning") };
  // A file of documents alone complements a config; it has no machine to judge.
  if (config.node !== undefined) for (const rule of [...machineRules, ...clusterRules]) rule(config, context);
  const fatal = problems.filter(({ severity }) => strict || severity === "error");
  if (fatal.length > 0) throw new ConfigFailure(fatal, config.file);
  return problems;
}
