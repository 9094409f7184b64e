import { Failure } from "../errors/failure.ts";
import { commands } from "./catalog.ts";
import { errorText, NodesFailed } from "./client/node-failure.ts";
import { runInvocation, type Terminal } from "./run.ts";
import { processTerminal } from "./terminal.ts";

/** talosctl. Exits with 0, with 1 when something failed, with 130 when the user interrupted. */
export async function main(): Promise<void> {
  // In one binary with other programs, the first argument may be our own name.
  const argv = process.argv.slice(process.argv[2] === "talosctl" ? 3 : 2);
  const interrupt = new AbortController();
  process.on("SIGINT", () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
  process.on("SIGTERM", () => interrupt.abort());
  const status = await talosctl(argv, processTerminal(), interrupt.signal);
  process.exit(status);
}

/** Runs one command line. @returns the exit status. */
export async function talosctl(argv: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  try {
    if (argv[0] === "__complete") {
      const { complete } = await import("./completion/complete.ts");
      await terminal.print(await complete(commands, argv.slice(1), signal));
      return 0;
    }
    const { parseCommandLine } = await import("./command-line/program.ts");
    const parsed = await parseCommandLine(commands, argv);
    if ("text" in parsed) await terminal.print(parsed.text);
    else await runInvocation(parsed.invocation, terminal, signal);
    return 0;
  } catch (thrown) {
    if (signal.aborted) return 130;
    for (const line of errorLines(thrown)) terminal.warn(line);
    return 1;
  }
}

function errorLines(thrown: unknown): string[] {
  if (thrown instanceof NodesFailed) return thrown.message.split("\n");
  const hint = thrown instanceof Failure ? thrown.hint : undefined;
  return [errorText(thrown), ...(hint === undefined ? [] : [hint])];
}
