import type { State } from "../cosi/state.ts";
import type { ResourceType } from "./define.ts";
import { Namespace } from "./meta/namespace.ts";
import { ResourceDefinition } from "./meta/resource-definition.ts";
import { allTypes } from "./registry.ts";

/** Every namespace, and what lives there. */
export const namespaces: Readonly<Record<string, string>> = {
  meta: "Types and namespaces themselves",
  runtime: "What the machine is doing",
  cluster: "The cluster and its members",
  "cluster-raw": "Members as each registry tells of them",
  config: "The machine configuration and what follows from it alone",
  etcd: "The etcd member",
  files: "Files that machined writes",
  hardware: "Hardware as it was found",
  k8s: "Kubernetes on every node",
  controlplane: "Kubernetes on control plane nodes",
  kubespan: "The mesh between the machines",
  network: "The network as it is and should be",
  "network-config": "Wishes for the network, before they are merged",
  cri: "The container runtime",
  secrets: "Keys and certificates",
  perf: "Counters",
};

/** Tells clients of all types and namespaces: resources in `meta`. Call once, on a fresh state. */
export async function registerTypes(state: State): Promise<void> {
  for (const [id, description] of Object.entries(namespaces)) await state.create(Namespace, id, { description });
  for (const type of allTypes) await state.create(ResourceDefinition, type.type.toLowerCase(), definitionOf(type));
}

function definitionOf(type: ResourceType): ResourceDefinition {
  return {
    type: type.type,
    displayType: type.displayType,
    defaultNamespace: type.namespace,
    aliases: type.aliases,
    allAliases: type.allAliases,
    printColumns: type.columns.map(({ name, path }) => ({ name, jsonPath: path })),
    ...(type.sensitive ? { sensitivity: "sensitive" } : {}),
  };
}
