import type { ReconcileContext } from "../cosi/controller.ts";
import type { ResourceKind } from "../cosi/resource.ts";

/** Makes the owner's resources of a kind be those given, but for those that somebody else has made already. */
export async function putOwn<S>(
  context: Pick<ReconcileContext, "list" | "put" | "destroy">,
  owner: string,
  kind: ResourceKind<S>,
  wanted: ReadonlyMap<string, S>,
): Promise<void> {
  const owners = new Map((await context.list(kind)).map(({ metadata }) => [metadata.id, metadata.owner]));
  for (const [id, spec] of wanted) if ((owners.get(id) ?? owner) === owner) await context.put(kind, id, spec);
  for (const [id, one] of owners) if (one === owner && !wanted.has(id)) await context.destroy(kind, id);
}
