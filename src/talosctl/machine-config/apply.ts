import type { machine } from "../../proto/index.ts";
import type { Client, NodeReply } from "../client/client.ts";
import { type ApplyMode, modeNumber } from "./apply-flags.ts";

/** What a machine is to do with a config. */
export interface ApplyOptions {
  readonly mode: ApplyMode;
  readonly dryRun: boolean;
  /** Milliseconds until a change in mode `try` is undone. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What a machine made of its config. */
export type Applied = NodeReply<machine.ApplyConfiguration>;

const method = "machine.MachineService/ApplyConfiguration";

/** Sends one config to every node. @throws NodesFailed when all of them refuse it. */
export const applyToNodes = (client: Client, config: string, options: ApplyOptions): Promise<Applied[]> =>
  client.call(method, request(config, options), options);

/** Sends a config to one node. @throws StatusError when it refuses it. */
export async function applyToNode(
  client: Client,
  node: string,
  config: string,
  options: ApplyOptions,
): Promise<Applied[]> {
  const { messages } = await client.at(node, method, request(config, options), options);
  return messages.map((message) => ({ node, message }));
}

/** Lines that tell what became of a config; each with its node when there are several. */
export function appliedLines(replies: readonly Applied[], { nodes }: Client): string[] {
  return replies.flatMap(({ node, message: { warnings, mode_details: details } }) => {
    const lines = [
      ...warnings.map((warning) => `WARNING: ${warning.trimEnd()}`),
      ...(details === "" ? [] : details.split("\n")),
    ];
    return nodes.length > 1 ? lines.map((line) => `${node}: ${line}`) : lines;
  });
}

const request = (config: string, { mode, dryRun, timeout }: ApplyOptions) => ({
  data: Buffer.from(config),
  mode: modeNumber(mode),
  dry_run: dryRun,
  try_mode_timeout: { seconds: Math.floor(timeout / 1_000), nanos: Math.round((timeout % 1_000) * 1e6) },
});
