import { existsSync } from "node:fs";
import { Failure } from "../../../errors/failure.ts";
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
  async run({ args: { path = "talosconfig" }, flags, global, client, warn }) {
    if (existsSync(path))
      throw new Failure(`Cannot write "${path}": it exists`, { hint: "Name another file, or move it away" });
    await checkRoles(flags.roles);
    const [{ parseTalosconfig }, { writeTalosconfig }, { contextEndpoints }, connected] = await Promise.all([
      import("../../../talosconfig/format.ts"),
      import("../../../talosconfig/file.ts"),
      import("../../client/open.ts"),
      client(),
    ]);
    oneNode(connected, "make a client configuration");
    const request = {
      roles: [...flags.roles],
      crt_ttl: { seconds: Math.floor(flags.crtTtl / 1_000), nanos: (flags.crtTtl % 1_000) * 1e6 },
    };
    const endpoints = await contextEndpoints(global);
    for (const { message } of await connected.call("machine.MachineService/GenerateClientConfiguration", request)) {
      const made = parseTalosconfig(Buffer.from(message.talosconfig).toString("utf8"), "the machine's answer");
      // The machine does not know how it is reached from here; we do.
      const contexts = [...made.contexts].map(([name, context]) => [name, { ...context, endpoints }] as const);
      await writeTalosconfig(path, { ...made, contexts: new Map(contexts) });
      warn(`Created ${path}`);
    }
  },
});

async function checkRoles(given: readonly string[]): Promise<void> {
  const [{ isRole, roles }, { suggest }] = await Promise.all([
    import("../../../pki/role.ts"),
    import("../../../config/suggest.ts"),
  ]);
  const unknown = given.find((role) => !isRole(role));
  if (unknown === undefined && given.length > 0) return;
  const meant = suggest(unknown ?? "", roles);
  throw new Failure(
    unknown === undefined
      ? "Cannot make a client configuration without roles"
      : `Cannot grant "${unknown}": it is no role`,
    { hint: `${meant === undefined ? "" : `Did you mean "${meant}"? `}There are ${roles.join(", ")}` },
  );
}
