import { existsSync } from "node:fs";
import { Failure } from "../../../errors/failure.ts";
import { durableWrite } from "../../../files/durable-write.ts";
import { optional } from "../../argument.ts";
import { oneNode } from "../../client/one-node.ts";
import { command } from "../../command.ts";
import { duration, list } from "../../flag.ts";

export const newConfig = command({
  name: "new",
  summary: "Have the cluster make another client configuration",
  description: "For a colleague or a program, with roles of its own. Needs os:admin.",
  args: { path: optional("File to write; talosconfig by default") },
  flags: {
    roles: list({ doc: "What the new configuration may do", default: ["os:admin"] }),
    crtTtl: duration({ doc: "How long it is valid", default: "8760h" }),
  },
  examples: [
    "talosctl config new --roles os:reader reader.talosconfig",
    "talosctl config new --roles os:operator --crt-ttl 12h",
  ],
  async run({ args: { path = "talosconfig" }, flags, client, warn }) {
    if (existsSync(path))
      throw new Failure(`Cannot write "${path}": it exists`, { hint: "Name another file, or move it away" });
    const connected = await client();
    oneNode(connected, "make a client configuration");
    const request = {
      roles: [...flags.roles],
      crt_ttl: { seconds: Math.floor(flags.crtTtl / 1_000), nanos: (flags.crtTtl % 1_000) * 1e6 },
    };
    for (const { message } of await connected.call("machine.MachineService/GenerateClientConfiguration", request)) {
      await durableWrite(path, message.talosconfig);
      warn(`Created ${path}`);
    }
  },
});
