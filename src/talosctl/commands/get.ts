import { suggest } from "../../config/suggest.ts";
import type { cosi } from "../../proto/index.ts";
import { optional, required } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { command } from "../command.ts";
import { resourceTypes } from "../completion/sources.ts";
import { boolean, text } from "../flag.ts";
import { type Definition, findDefinition, resourceDefinitions } from "../resource/definitions.ts";
import type { Mark, Printer } from "../resource/printer.ts";

export const get = command({
  name: "get",
  aliases: ["g"],
  summary: "Show resources: what a machine is and should be",
  description:
    "Everything in a machine is a resource: links and addresses, mounts, services, certificates, the config itself.\nTypes have short names; to see them all: talosctl get rd",
  group: "manage",
  args: {
    type: required("Resource type or one of its aliases", { complete: resourceTypes }),
    id: optional("Only the resource of this id"),
  },
  flags: {
    output: text({ doc: "table, yaml, json or jsonpath=…", short: "o", placeholder: "form", default: "table" }),
    watch: boolean({ doc: "Stay, and show every change", short: "w" }),
    namespace: text({ doc: "Namespace; the type's own by default", placeholder: "name" }),
    insecure: boolean({ doc: "Ask a machine that has no config yet", short: "i" }),
  },
  examples: [
    "talosctl get rd # all types and their aliases",
    "talosctl get addresses",
    "talosctl get mounts EPHEMERAL -o yaml",
    "talosctl get services -w # every change as it happens",
    "talosctl get links -o jsonpath='{.metadata.id}: {.spec.operationalState}'",
  ],
  async run({ args, flags, client, print, signal }) {
    const [connected, { printerFor }] = await Promise.all([
      client({ insecure: flags.insecure }),
      import("../resource/printer.ts"),
    ]);
    const nodes = connected.nodes.length > 0 ? connected.nodes : [""];
    const [first = ""] = nodes;
    // One look at the types serves all nodes: they run the same version, or the difference is small.
    const definition = findDefinition(await resourceDefinitions(connected, first), args.type, suggest);
    const query: Query = {
      definition,
      namespace: flags.namespace ?? definition.default_namespace,
      id: args.id,
      signal,
    };
    const printer = printerFor(flags.output, definition, flags.watch);
    const show = async (node: string) => {
      if (flags.watch) await watch(connected, node, query, printer, print);
      else await list(connected, node, query, printer, print);
    };
    if (nodes[0] === "") await show("");
    else if (flags.watch) await connected.together(show);
    else await connected.each(show);
    await print(printer.end());
  },
});

interface Query {
  readonly definition: Definition;
  readonly namespace: string;
  readonly id: string | undefined;
  readonly signal: AbortSignal;
}

type Print = (text: string) => Promise<void>;

async function list(client: Client, node: string, query: Query, printer: Printer, print: Print): Promise<void> {
  const { shownResource } = await import("../resource/resource.ts");
  const { namespace, definition, id, signal } = query;
  const request = { namespace, type: definition.resource_type };
  const one = (resource: cosi.resource.Resource | null | undefined) =>
    resource == null ? "" : printer.add(node, shownResource(resource), " ");
  if (id !== undefined) {
    const { resource } = await client.at(node, "cosi.resource.State/Get", { ...request, id }, { signal });
    return await print(one(resource));
  }
  for await (const { resource } of client.streamAt(node, "cosi.resource.State/List", request, { signal })) {
    await print(one(resource));
  }
}

const marks: Readonly<Record<number, Mark>> = { 0: "+", 1: " ", 2: "-" };

async function watch(client: Client, node: string, query: Query, printer: Printer, print: Print): Promise<void> {
  const { shownResource } = await import("../resource/resource.ts");
  const { namespace, definition, id, signal } = query;
  const request = {
    ...{ namespace, type: definition.resource_type, api_version: 1 },
    ...(id !== undefined && { id }),
    options: { bootstrap_contents: id === undefined },
  };
  for await (const { event } of client.streamAt(node, "cosi.resource.State/Watch", request, { signal })) {
    for (const { event_type, resource, error } of event) {
      if (error) client.fail(node, new Error(error));
      const mark = marks[event_type];
      if (mark !== undefined && resource != null) await print(printer.add(node, shownResource(resource), mark));
    }
  }
}
