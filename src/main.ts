#!/usr/bin/env bun
import { existsSync } from "node:fs";
import { basename } from "node:path";

/** The programs in this one binary. */
const programs = ["machined", "apid", "trustd", "talosctl"] as const;
type Program = (typeof programs)[number];

const isProgram = (name: string): name is Program => programs.some((program) => program === name);

/** Which program was asked for: PID 1 is always machined, then the name we were called by, then the first argument. */
function programOf(argv0: string, firstArgument: string | undefined): Program {
  if (process.pid === 1) return "machined";
  const name = basename(argv0);
  if (name === "init") return "machined";
  if (isProgram(name)) return name;
  return firstArgument !== undefined && isProgram(firstArgument) ? firstArgument : "talosctl";
}

// Imported only when asked for: PID 1 must not pay for the command line's libraries, nor talosctl for the machine's.
async function run(program: Program): Promise<void> {
  switch (program) {
    case "machined":
      // The first stage must start fast: it shares nothing with the second.
      if (existsSync("/rootfs.sqsh")) return (await import("./machined/boot/initramfs.ts")).enterRootFileSystem();
      return (await import("./machined/main.ts")).main();
    case "apid":
      return (await import("./apid/main.ts")).main();
    case "trustd":
      return (await import("./trustd/main.ts")).main();
    case "talosctl":
      return (await import("./talosctl/main.ts")).main();
  }
}

await run(programOf(process.argv0, process.argv[2]));
