import { command } from "../command.ts";
import { duration, integer, text } from "../flag.ts";
import { GrowingTable } from "../output/growing-table.ts";

export const events = command({
  name: "events",
  summary: "Show what happens on machines, as it happens",
  description: "Without --tail, --since or --duration only what happens from now on.",
  group: "manage",
  flags: {
    tail: integer({ doc: "Past events to begin with; -1 is all that are kept", default: 0 }),
    since: text({ doc: "Begin after the event of this id", placeholder: "id" }),
    duration: duration({ doc: "Begin so long ago", default: "0s" }),
    actorId: text({ doc: "Only what this actor caused", placeholder: "id" }),
  },
  examples: ["talosctl events", "talosctl events --tail 20", "talosctl events --duration 10m"],
  async run({ flags, client, print, signal }) {
    const [connected, { describeEvent }] = await Promise.all([client(), import("../events/describe.ts")]);
    const request = {
      tail_events: flags.tail,
      tail_id: flags.since ?? "",
      tail_seconds: Math.round(flags.duration / 1_000),
      with_actor_id: flags.actorId ?? "",
    };
    const rows = new GrowingTable(["NODE", "ID", "EVENT", "ACTOR", "SOURCE", "MESSAGE"]);
    for await (const { node, message } of connected.stream("machine.MachineService/Events", request, { signal })) {
      const event = describeEvent(message);
      // The first frame is empty: it says that the subscription stands.
      if (event !== undefined) {
        await print(rows.add([node, message.id, event.kind, message.actor_id, event.source, event.text]));
      }
    }
  },
});
