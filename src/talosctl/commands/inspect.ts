import { Failure } from "../../errors/failure.ts";
import type { inspect as api } from "../../proto/index.ts";
import { variadic } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { oneNode } from "../client/one-node.ts";
import { command, family } from "../command.ts";
import { controllers } from "../completion/resources.ts";
import { boolean } from "../flag.ts";
import { controllerGraph } from "../output/controller-graph.ts";

const dependencies = command({
  name: "dependencies",
  summary: "Draw which controllers read and write which resources",
  description: "Prints a graph in the language of Graphviz.",
  args: {
    controllers: variadic("Only these controllers, such as network.AddressConfigController", { complete: controllers }),
  },
  flags: { withResources: boolean({ doc: "Draw the resources that there are, not only their types" }) },
  examples: [
    "talosctl inspect dependencies | dot -Tsvg > graph.svg",
    "talosctl inspect dependencies network.AddressSpecController --with-resources",
  ],
  async run({ args: { controllers }, flags, client, print }) {
    const connected = await client();
    const node = oneNode(connected, "inspect dependencies");
    const replies = await connected.call("inspect.InspectService/ControllerRuntimeDependencies", {});
    const all = replies.flatMap(({ message }) => message.edges);
    const { suggest } = await import("../../config/suggest.ts");
    for (const name of controllers) {
      if (all.some(({ controller_name }) => controller_name === name)) continue;
      const meant = suggest(name, [...new Set(all.map(({ controller_name }) => controller_name))]);
      throw new Failure(`Cannot inspect "${name}": there is no such controller`, {
        hint: meant === undefined ? "To see all: talosctl inspect dependencies" : `Did you mean "${meant}"?`,
      });
    }
    const edges = all.filter(
      ({ controller_name }) => controllers.length === 0 || controllers.includes(controller_name),
    );
    await print(controllerGraph(edges, flags.withResources ? await resourcesOf(connected, node, edges) : undefined));
  },
});

/** Ids of the resources behind the edges, by namespace and type. */
async function resourcesOf(client: Client, node: string, edges: readonly api.ControllerDependencyEdge[]) {
  const ids = new Map<string, string[]>();
  for (const { resource_namespace: namespace, resource_type: type } of edges) {
    const key = `${namespace}/${type}`;
    if (ids.has(key)) continue;
    const found: string[] = [];
    ids.set(key, found);
    for await (const { resource } of client.streamAt(node, "cosi.resource.State/List", { namespace, type })) {
      if (resource?.metadata != null) found.push(resource.metadata.id);
    }
  }
  return ids;
}

export const inspect = family({
  name: "inspect",
  summary: "Look inside a machine",
  group: "manage",
  commands: [dependencies],
});
