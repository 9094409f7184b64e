import { readFileSync } from "node:fs";

/** The kernel's command line. A name may appear several times; the kernel's rule is that the last one counts. */
export interface KernelArguments {
  /** The value of the last `name=value`; empty for a bare `name`; undefined when absent. */
  last(name: string): string | undefined;
  all(name: string): readonly string[];
  readonly text: string;
}

/** Splits a command line as the kernel does: at blanks, except within double quotes; after `--` nothing is ours. */
export function parseKernelArguments(text: string): KernelArguments {
  const values = new Map<string, string[]>();
  for (const word of text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    if (word === "--") break;
    const argument = word.replaceAll('"', "");
    const at = argument.indexOf("=");
    const name = at < 0 ? argument : argument.slice(0, at);
    values.set(name, [...(values.get(name) ?? []), at < 0 ? "" : argument.slice(at + 1)]);
  }
  return {
    last: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
    text: text.trim(),
  };
}

export const readKernelArguments = (path = "/proc/cmdline"): KernelArguments =>
  parseKernelArguments(readFileSync(path, "utf8"));
