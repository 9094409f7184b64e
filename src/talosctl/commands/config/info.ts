import { command } from "../../command.ts";
import { oneOf } from "../../flag.ts";
import { humanTime } from "../../output/units.ts";
import { contextOf, openTalosconfig } from "./editing.ts";

export const info = command({
  name: "info",
  summary: "Show the current context: whom it reaches, who it makes us, until when",
  flags: { output: oneOf(["text", "json", "yaml"], { doc: "How to print it", short: "o", default: "text" }) },
  examples: ["talosctl config info", "talosctl config info -o json"],
  async run({ flags, global, print }) {
    const { clientCertificateOf } = await import("../../../talosconfig/certificate.ts");
    const editing = await openTalosconfig(global);
    const { nodes, endpoints, ...credentials } = contextOf(editing, editing.name);
    const certificate = clientCertificateOf({ nodes, endpoints, ...credentials });
    const roles = certificate?.roles ?? [];
    const certTTL = certificate === undefined ? "" : humanTime(certificate.notAfter, new Date());
    const certNotAfter = certificate?.notAfter.toISOString().slice(0, 10) ?? "";
    const facts = { context: editing.name, nodes, endpoints, roles, certTTL, certNotAfter };
    if (flags.output === "json") return await print(`${JSON.stringify(facts, undefined, 2)}\n`);
    if (flags.output === "yaml") return await print((await import("../../../config/yaml.ts")).toYaml(facts));
    const list = (items: readonly string[]) => (items.length > 0 ? items.join(", ") : "not defined");
    const lines: readonly (readonly [string, string])[] = [
      ["Current context", editing.name],
      ["Nodes", list(nodes)],
      ["Endpoints", list(endpoints)],
      ...(roles.length > 0 ? [["Roles", list(roles)] as const] : []),
      ...(certificate === undefined ? [] : [["Certificate expires", `${certTTL} (${certNotAfter})`] as const]),
    ];
    await print(lines.map(([label, value]) => `${`${label}:`.padEnd(21)}${value}\n`).join(""));
  },
});
