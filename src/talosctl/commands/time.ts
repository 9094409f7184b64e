import type { google } from "../../proto/index.ts";
import { command } from "../command.ts";
import { text } from "../flag.ts";
import { table } from "../output/table.ts";

export const time = command({
  name: "time",
  summary: "Compare machines' clocks with a time server's",
  group: "manage",
  flags: { check: text({ doc: "Server to compare with, instead of the one that the machine uses" }) },
  examples: ["talosctl time", "talosctl time --check pool.ntp.org"],
  async run({ client, flags: { check }, print }) {
    const machines = await client();
    const replies =
      check === undefined
        ? await machines.call("time.TimeService/Time", {})
        : await machines.call("time.TimeService/TimeCheck", { server: check });
    const rows = replies.map(({ node, message: { server, localtime, remotetime } }) => [
      node,
      server,
      timeText(localtime),
      timeText(remotetime),
    ]);
    await print(table(["NODE", "NTP-SERVER", "NODE-TIME", "NTP-SERVER-TIME"], rows));
  },
});

/** As the Go tools print times: `2026-01-02 15:04:05.25 +0000 UTC`, to the last digit that is not zero. */
function timeText(at: google.protobuf.Timestamp | null | undefined): string {
  if (at == null) return "";
  const day = new Date(Number(at.seconds) * 1_000).toISOString().slice(0, 19).replace("T", " ");
  const fraction = String(at.nanos).padStart(9, "0").replace(/0+$/, "");
  return `${day}${fraction === "" ? "" : `.${fraction}`} +0000 UTC`;
}
