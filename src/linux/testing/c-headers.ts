import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Struct } from "../struct.ts";

/** What the C compiler says a struct looks like. */
export interface CLayout {
  readonly size: number;
  readonly offsets: Readonly<Record<string, number>>;
}

/**
 * The values of constant expressions in C, from the headers of this machine.
 * @throws Error when gcc is missing: install the package `gcc` with `libc6-dev` and `linux-libc-dev`.
 */
export function cConstants<const Name extends string>(headers: readonly string[], names: readonly Name[]) {
  const prints = names.map((name) => `printf("%s %lld\\n", ${JSON.stringify(name)}, (long long)(${name}));`);
  const lines = runC(headers, prints).split("\n");
  const values = lines.map((line): [string, number] => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  });
  return Object.fromEntries(values) as Record<Name, number>;
}

/** The size of a C type and the offsets of members of it. */
export function cLayout(headers: readonly string[], type: string, members: readonly string[]): CLayout {
  const names = members.map((member) => `offsetof(${type}, ${member})`);
  const size = `sizeof(${type})`;
  const values = cConstants(["stddef.h", ...headers], [size, ...names]);
  const offsets = Object.fromEntries(members.map((member, index) => [member, values[names[index] ?? ""] ?? -1]));
  return { size: values[size] ?? -1, offsets };
}

/** A struct's layout under the names of its C members, to compare with `cLayout`. */
export function layoutOf<V extends object>(
  struct: Struct<V>,
  names: Readonly<Partial<Record<keyof V, string>>>,
): CLayout {
  const pairs = Object.entries(names) as [keyof V, string][];
  return {
    size: struct.size,
    offsets: Object.fromEntries(pairs.map(([ours, theirs]) => [theirs, struct.offsets[ours]])),
  };
}

function runC(headers: readonly string[], statements: readonly string[]): string {
  const gcc = Bun.which("gcc");
  if (gcc === null) throw new Error("Cannot check constants against the C headers: gcc is not installed");
  const directory = mkdtempSync(join(tmpdir(), "c-headers-"));
  try {
    const source = join(directory, "check.c");
    const program = join(directory, "check");
    const includes = ["stdio.h", ...headers].map((header) => `#include <${header}>`);
    writeFileSync(source, [...includes, "int main(void) {", ...statements, "}"].join("\n"));
    run([gcc, "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-o", program, source]);
    return run([program]).trim();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command);
  if (exitCode !== 0) throw new Error(`Cannot run ${command[0]}: ${stderr.toString()}`);
  return stdout.toString();
}
