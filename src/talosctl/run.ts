import type { Client } from "./client/client.ts";
import { NodesFailed } from "./client/node-failure.ts";
import type { Context } from "./command.ts";
import type { Invocation } from "./command-line/program.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** Where a command reads and writes. */
export interface Terminal {
  print(text: string | Uint8Array): Promise<void>;
  warn(line: string): void;
  notice(line: string): void;
  ask(question: string): Promise<string | undefined>;
}

/** A command that is interrupted may still say a last word; one that waits for an answer then waits in vain. */
const lastWordMs = 1_000;

/**
 * Runs a command with a client that lives as long as it.
 * @throws NodesFailed when some nodes failed, after everything else was printed; whatever the command throws.
 */
export async function runInvocation(
  { command, args, flags, global }: Invocation,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const clients: Client[] = [];
  // The values were read by the descriptions that the types come from.
  const given = { args, flags, global: global as GlobalFlags } as unknown as Pick<Context, "args" | "flags" | "global">;
  const closeAll = () => {
    for (const client of clients) client[Symbol.dispose]();
  };
  let closing: ReturnType<typeof setTimeout> | undefined;
  const closeSoon = () => {
    closing = setTimeout(closeAll, lastWordMs);
  };
  signal.addEventListener("abort", closeSoon, { once: true });
  try {
    await command.run({
      ...given,
      signal,
      ...terminal,
      async client(options) {
        const { openClient } = await import("./client/open.ts");
        const client = await openClient(given.global, { ...options, notice: terminal.notice });
        clients.push(client);
        return client;
      },
    });
  } finally {
    signal.removeEventListener("abort", closeSoon);
    clearTimeout(closing);
    closeAll();
  }
  const failures = clients.flatMap((client) => client.failures);
  if (failures.length > 0) throw new NodesFailed(failures);
}
