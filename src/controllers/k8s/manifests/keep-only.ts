import type { ReconcileContext } from "../../../cosi/controller.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";

/** Destroys the manifests of one controller but these: others write some of the same kind. */
export async function keepOnly(
  context: Pick<ReconcileContext, "list" | "destroy">,
  owner: string,
  wanted: ReadonlySet<string>,
): Promise<void> {
  for (const { metadata } of await context.list(Manifest)) {
    if (metadata.owner === owner && !wanted.has(metadata.id)) await context.destroy(Manifest, metadata.id);
  }
}
