import type { Client } from "../client/client.ts";
import type { Completer } from "./completer.ts";

const firstNode = ({ nodes: [node = ""] }: Client): string => node;

/** Names and aliases of every resource type that the first node has. */
export const resourceTypes: Completer = async ({ client }) => {
  const connected = await client();
  const { resourceDefinitions } = await import("../resource/definitions.ts");
  const definitions = await resourceDefinitions(connected, firstNode(connected));
  return definitions.flatMap(({ resource_type, all_aliases }) => [resource_type.toLowerCase(), ...all_aliases]);
};

/** Ids of the resources of the type that was typed before. */
export const resourceIds: Completer = async ({ client, args: [name = ""], flag }) => {
  const connected = await client();
  const { findDefinition, resourceDefinitions } = await import("../resource/definitions.ts");
  const definition = findDefinition(await resourceDefinitions(connected, firstNode(connected)), name);
  return await ids(connected, flag("namespace") ?? definition.default_namespace, definition.resource_type);
};

/** Controllers that the first node runs. */
export const controllers: Completer = async ({ client }) => {
  const [reply] = await (await client()).call("inspect.InspectService/ControllerRuntimeDependencies", {});
  return (reply?.message.edges ?? []).map(({ controller_name }) => controller_name);
};

/** Machines of the cluster, by name and address; several are joined by commas. */
export const machines: Completer = async ({ client, addresses, word }) => {
  const typed = word.slice(0, word.lastIndexOf(",") + 1);
  const [known, members] = await Promise.all([addresses(), client().then(memberAddresses, () => [])]);
  return [...known, ...members].map((machine) => typed + machine);
};

async function memberAddresses(client: Client): Promise<string[]> {
  const { shownResource } = await import("../resource/resource.ts");
  const request = { namespace: "cluster", type: "Members.cluster.talos.dev" };
  const found: string[] = [];
  for await (const { resource } of client.streamAt("", "cosi.resource.State/List", request)) {
    if (resource == null) continue;
    const { hostname, addresses } = shownResource(resource).spec as { hostname?: string; addresses?: string[] };
    found.push(...[hostname ?? "", ...(addresses ?? [])].filter((text) => text !== ""));
  }
  return found;
}

async function ids(client: Client, namespace: string, type: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { resource } of client.streamAt(firstNode(client), "cosi.resource.State/List", {
    namespace,
    type,
  })) {
    if (resource?.metadata != null) found.push(resource.metadata.id);
  }
  return found;
}
