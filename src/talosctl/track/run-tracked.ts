import { formatDuration } from "../../clock/duration.ts";
import { Failure } from "../../errors/failure.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command.ts";
import { boolean, duration } from "../flag.ts";
import type { Tracking } from "./tracker.ts";

/** Flags of commands that start something long on a machine. */
export const waitFlags = {
  wait: boolean({ doc: "Stay until it is done, and tell what happens", default: true }),
  debug: boolean({ doc: "Show the kernel log besides; implies --wait" }),
  timeout: duration({ doc: "How long to wait", default: "30m" }),
} as const;

interface Wait {
  readonly wait: boolean;
  readonly debug: boolean;
  readonly timeout: number;
}

/**
 * Tracks every node at the same time, each line with its node.
 * @throws NodesFailed, in the end, for nodes that failed or took too long.
 */
export async function runTracked(
  client: Client,
  flags: Wait,
  { warn, signal }: Pick<Context, "warn" | "signal">,
  track: (node: string, tracking: Tracking) => Promise<void>,
): Promise<void> {
  const timeout = AbortSignal.timeout(flags.timeout);
  const limit = AbortSignal.any([signal, timeout]);
  await client.together(async (node) => {
    const done = new AbortController();
    const log = flags.debug ? showKernelLog(client, node, AbortSignal.any([limit, done.signal]), warn) : undefined;
    try {
      await track(node, { report: (text) => warn(`${node}: ${text}`), signal: limit });
    } catch (cause) {
      if (!timeout.aborted) throw cause;
      throw new Failure(`Cannot wait any longer: it took over ${formatDuration(flags.timeout)}`);
    } finally {
      done.abort();
      await log;
    }
  });
}

async function showKernelLog(client: Client, node: string, signal: AbortSignal, warn: Context["warn"]): Promise<void> {
  const request = { follow: true, tail: true };
  try {
    for await (const { bytes } of client.streamAt(node, "machine.MachineService/Dmesg", request, { signal })) {
      warn(`${node}: ${Buffer.from(bytes).toString("utf8").trimEnd()}`);
    }
  } catch {
    // It ends with the machine, or when we have seen enough.
  }
}
