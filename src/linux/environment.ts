/**
 * Variables that would steer the JavaScript engine inside our own binary: the kernel turns `BUN_BE_BUN=1` on its
 * command line into PID 1's environment, and the binary would become the bun command line tool.
 */
const isEngineVariable = (name: string) => name.startsWith("BUN_") || name === "NODE_OPTIONS";

/** A copy of `environment` without the engine's variables, as every child gets it. */
export function scrubbed(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isEngineVariable(name)) kept[name] = value;
  }
  return kept;
}
