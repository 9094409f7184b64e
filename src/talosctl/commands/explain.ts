import { optional } from "../argument.ts";
import { command } from "../command.ts";
import { oneOf } from "../flag.ts";

export const explain = command({
  name: "explain",
  summary: "Tell what a field of the config is, and what its change does",
  description:
    "Without a field, what there is. With -o schema or -o markdown, everything, for editors and for readers.",
  group: "offline",
  remote: false,
  args: { field: optional("Path, such as machine.network.interfaces, or the kind of a document") },
  flags: {
    output: oneOf(["text", "schema", "markdown"], { doc: "Form of the answer", short: "o", default: "text" }),
  },
  examples: [
    "talosctl explain machine.network.interfaces.mtu",
    "talosctl explain -o schema > config.schema.json # for editors",
    "talosctl explain -o markdown > reference.md",
  ],
  async run({ args: { field = "" }, flags, print }) {
    if (flags.output === "schema") {
      const { configSchema } = await import("../../config/schema.ts");
      return await print(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
    }
    if (flags.output === "markdown") {
      const { configReference } = await import("../../config/reference.ts");
      return await print(configReference());
    }
    const { explainField } = await import("../../config/explain.ts");
    await print(explainField(field));
  },
});
