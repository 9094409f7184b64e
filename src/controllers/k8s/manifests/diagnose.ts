import type { ReconcileContext } from "../../../cosi/controller.ts";
import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";

/** Why manifests cannot be used, by their ids. */
export type Troubles = ReadonlyMap<string, readonly unknown[]>;

const idOf = (manifest: string) => `manifest-${manifest}`;

/** Shows the troubles of one controller's manifests where health and the console look, and takes away what is over. */
export async function diagnose(
  context: Pick<ReconcileContext, "list" | "put" | "destroy">,
  owner: string,
  troubles: Troubles,
): Promise<void> {
  for (const [manifest, thrown] of troubles) {
    const details = [...new Set(thrown.map(messageOf)), ...new Set(thrown.flatMap(hintsOf))];
    await context.put(Diagnostic, idOf(manifest), { message: `manifest ${manifest} is not applied`, details });
  }
  const current = new Set([...troubles.keys()].map(idOf));
  for (const { metadata } of await context.list(Diagnostic)) {
    if (metadata.owner === owner && !current.has(metadata.id)) await context.destroy(Diagnostic, metadata.id);
  }
}

const hintsOf = (thrown: unknown): string[] =>
  thrown instanceof Failure && thrown.hint !== undefined ? [thrown.hint] : [];
