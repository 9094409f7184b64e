import type { Client } from "../client/client.ts";
import type { Report } from "./tracker.ts";

/**
 * Reports what a node does for an actor, until the node goes away.
 * @returns when the stream ends, which for a reboot or shutdown is success, or `signal` aborts.
 * @throws Error when a sequence fails.
 */
export async function followEvents(
  client: Client,
  node: string,
  actorId: string,
  { report, signal }: { readonly report: Report; readonly signal: AbortSignal },
): Promise<void> {
  const { describeEvent } = await import("../events/describe.ts");
  const request = { tail_events: -1, with_actor_id: actorId };
  let failure: string | undefined;
  try {
    for await (const event of client.streamAt(node, "machine.MachineService/Events", request, { signal })) {
      const described = describeEvent(event);
      if (described === undefined) continue;
      const { kind, source, text } = described;
      if (kind === "machine.SequenceEvent" && text.startsWith("error: ")) {
        failure = `${source} failed: ${text.slice("error: ".length)}`;
        break;
      }
      report(`${kind.replace(/^machine\.|Event$/g, "").toLowerCase()} ${source}: ${text.toLowerCase()}`);
    }
  } catch {
    // The connection went with the machine: what we wait for.
  }
  if (failure !== undefined) throw new Error(failure);
}
