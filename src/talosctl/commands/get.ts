import type { cosi } from "../../proto/index.ts";
import { optional, required } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { command } from "../command.ts";
import { resourceIds, resourceTypes } from "../completion/resources.ts";
import { boolean, text } from "../flag.ts";
import type { Happening, Printer } from "../resource/printer.ts";

export const get = command({
  name: "get",
  aliases: ["g"],
  summary: "Show resources: what a machine is and should be",
  description:
    "Everything in a machine is a resource: links and addresses, mounts, services, certificates, the config itself.\nTypes have short names; to see them all: talosctl get rd",
  group: "manage",
  args: {
    type: required("Resource type or one of its aliases", { complete: resourceTypes }),
    id: optional("Only the resource of this id", { complete: resourceIds }),
  },
  flags: {
    output: text({
      doc: "table, yaml, json or jsonpath=…",
      ...{ short: "o", placeholder: "form", default: "table" },
      complete: () => ["table", "yaml", "json", "jsonpath="],
    }),
    watch: boolean({ doc: "Stay, and show every change", short: "w" }),
    namespace: text({ doc: "Namespace; the type's own by default", placeholder: "name" }),
    insecure: boolean({ doc: "Ask a machine that has no config yet", short: "i" }),
  },
  examples: [
    "talosctl get rd # all types and their aliases",
    "talosctl get addresses",
    "talosctl get mounts EPHEMERAL -o yaml",
    "talosctl get services -w # every change as it happens",
    "talosctl get links -o jsonpath='{.spec.hardwareAddr}'",
  ],
  async run({ args, flags, client, print, signal }) {
    const [connected, { definitionsOfAny, findDefinition }, { printerFor }] = await Promise.all([
      client({ insecure: flags.insecure }),
      import("../resource/definitions.ts"),
      import("../resource/printer.ts"),
    ]);
    // One look at the types serves all nodes: they run the same version, or the difference is small.
    const { definitions, nodes } = await definitionsOfAny(connected);
    const definition = findDefinition(definitions, args.type);
    const printer = printerFor(flags.output, definition, flags.watch);
    const { default_namespace: namespace, resource_type: type } = definition;
    const query: Query = { namespace: flags.namespace ?? namespace, type, id: args.id, signal };
    const show = (node: string) => (flags.watch ? watch : list)(connected, node, query, { ...printer, print });
    if (nodes[0] === "") await show("");
    else if (flags.watch) await connected.together(show, nodes);
    else await connected.each(show, nodes);
    // Headers over nothing say that there is nothing: not so when nobody answered.
    if (connected.failures.length < Math.max(1, connected.nodes.length)) await print(printer.settle());
  },
});

interface Query {
  readonly namespace: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly signal: AbortSignal;
}

type Output = Printer & { print(text: string): Promise<void> };

async function list(client: Client, node: string, { signal, ...query }: Query, output: Output): Promise<void> {
  const { shownResource } = await import("../resource/resource.ts");
  const show = async (resource: cosi.resource.Resource | null | undefined) => {
    if (resource != null) await output.print(output.add(node, shownResource(resource)));
  };
  const { id, ...kind } = query;
  if (id !== undefined) {
    const { resource } = await client.at(node, "cosi.resource.State/Get", { ...kind, id }, { signal });
    return await show(resource);
  }
  for await (const { resource } of client.streamAt(node, "cosi.resource.State/List", kind, { signal })) {
    await show(resource);
  }
}

/** Types of events as the API numbers them. */
const happenings: Readonly<Record<number, Happening>> = { 0: "created", 1: "updated", 2: "destroyed" };
const bootstrapped = 3;

async function watch(client: Client, node: string, { signal, ...query }: Query, output: Output): Promise<void> {
  const { shownResource } = await import("../resource/resource.ts");
  const { id, ...kind } = query;
  const request = {
    ...{ ...kind, api_version: 1, options: { bootstrap_contents: id === undefined } },
    ...(id !== undefined && { id }),
  };
  // Of a single resource there is nothing to wait for.
  if (id !== undefined) await output.print(output.settle());
  for await (const { event } of client.streamAt(node, "cosi.resource.State/Watch", request, { signal })) {
    for (const { event_type, resource, error } of event) {
      if (error) client.fail(node, new Error(error));
      if (event_type === bootstrapped) await output.print(output.settle());
      const happening = happenings[event_type];
      if (happening === undefined || resource == null) continue;
      await output.print(output.add(node, shownResource(resource), happening));
    }
  }
}
