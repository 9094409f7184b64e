import type { ReconcileContext } from "../cosi/controller.ts";
import type { ResourceKind } from "../cosi/resource.ts";
import type { HostnameSpec } from "../resources/network/hostname-spec.ts";

/**
 * The network is asked for by many: defaults, the kernel's command line, the platform, operators such as DHCP, and the
 * configuration. Each wish is a spec in this namespace; what comes out of all of them is in the kind's own.
 */
export const wishes = { namespace: "network-config" } as const;

export type Layer = HostnameSpec["layer"];

/** Whose word counts: the later, the more. */
export const layers: readonly Layer[] = ["default", "cmdline", "platform", "operator", "configuration"];

/** `configuration/eth0/10.0.0.1/24`; those of an operator begin with its own name instead. */
export const layered = (layer: Layer, id: string): string => `${layer}/${id}`;

export interface Layered {
  readonly layer: Layer;
}

/** Makes the wishes of this controller, of this kind, be exactly those given. */
export async function putWishes<S extends Layered>(
  context: ReconcileContext,
  owner: string,
  kind: ResourceKind<S>,
  wanted: ReadonlyMap<string, S>,
): Promise<void> {
  for (const [id, spec] of wanted) await context.put(kind, id, spec, wishes);
  for (const { metadata } of await context.list(kind, wishes)) {
    if (metadata.owner === owner && !wanted.has(metadata.id)) await context.destroy(kind, metadata.id, wishes);
  }
}
