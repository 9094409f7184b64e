import { suggest } from "../../config/suggest.ts";
import { Failure } from "../../errors/failure.ts";
import type { cosi } from "../../proto/index.ts";
import type { Client } from "../client/client.ts";
import { NodesFailed } from "../client/node-failure.ts";

export type Definition = cosi.resource.meta.ResourceDefinitionSpec;

/** Every resource type that a node has. An empty node is the machine at the other end of the connection. */
export async function resourceDefinitions(client: Client, node: string): Promise<Definition[]> {
  const { cosi } = await import("../../proto/index.ts");
  const request = { namespace: "meta", type: "ResourceDefinitions.meta.cosi.dev", options: {} };
  const definitions: Definition[] = [];
  for await (const { resource } of client.streamAt(node, "cosi.resource.State/List", request)) {
    const bytes = resource?.spec?.proto_spec;
    if (bytes !== undefined) definitions.push(cosi.resource.meta.ResourceDefinitionSpec.decode(bytes));
  }
  return definitions;
}

/**
 * The types of the first node that answers. The failures of those before it are kept.
 * @returns also the nodes that are left to be asked.
 * @throws Error when none answers.
 */
export async function definitionsOfAny(
  client: Client,
): Promise<{ readonly definitions: Definition[]; readonly nodes: readonly string[] }> {
  const nodes = client.nodes.length > 0 ? client.nodes : [""];
  for (const [at, node] of nodes.entries()) {
    try {
      return { definitions: await resourceDefinitions(client, node), nodes: nodes.slice(at) };
    } catch (thrown) {
      if (nodes.length === 1) throw thrown;
      client.fail(node, thrown);
    }
  }
  throw new NodesFailed(client.failures);
}

/** What guides mean by a short form that is no longer of one type alone. */
const customary: ReadonlyMap<string, string> = new Map([["sp", "StaticPods.kubernetes.talos.dev"]]);

/**
 * The type that a name means: its full name, or one of its aliases.
 * @throws Failure when no type has the name, or several have it.
 */
export function findDefinition(definitions: readonly Definition[], name: string): Definition {
  const lower = name.toLowerCase();
  const exact = definitions.find(({ resource_type }) => resource_type.toLowerCase() === lower);
  if (exact !== undefined) return exact;
  const matching = definitions.filter(({ all_aliases, aliases }) =>
    [...aliases, ...all_aliases].some((alias) => alias.toLowerCase() === lower),
  );
  // Short forms are made of capitals, and clash; chosen ones come first: ns is of Namespaces before NetworkStatuses.
  const chosen = matching.filter(
    ({ aliases: [first], resource_type }) => first?.toLowerCase() === lower || customary.get(lower) === resource_type,
  );
  const [found, ...others] = chosen.length === 1 ? chosen : matching;
  if (found === undefined) {
    const meant = suggest(
      lower,
      definitions.flatMap(({ all_aliases }) => all_aliases),
    );
    throw new Failure(`Cannot get "${name}": there is no such resource type`, {
      hint: `${meant === undefined ? "" : `Did you mean "${meant}"? `}To see all types: talosctl get rd`,
    });
  }
  if (others.length > 0) {
    const types = [found, ...others].map(({ resource_type }) => resource_type).join(", ");
    throw new Failure(`Cannot get "${name}": it could be any of ${types}`, { hint: "Give the full name" });
  }
  return found;
}
