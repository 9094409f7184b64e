import type { ReconcileContext } from "../../../cosi/controller.ts";
import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";

/** Why manifests cannot be used, by their ids. */
export type Troubles = ReadonlyMap<string, readonly unknown[]>;

const idOf = (manifest: string) => `manifest-${manifest}`;

/**
 * Shows the troubles of one controller's manifests where health looks for them, tells new ones to the log, and takes
 * away those that are over.
 */
export async function diagnose(
  context: Pick<ReconcileContext, "list" | "put" | "destroy" | "log">,
  owner: string,
  troubles: Troubles,
): Promise<void> {
  const shown = new Map(
    (await context.list(Diagnostic)).map(({ metadata, spec }) => [metadata.id, { metadata, spec }]),
  );
  for (const [manifest, thrown] of troubles) {
    const details = [...new Set(thrown.map(messageOf)), ...new Set(thrown.flatMap(hintsOf))];
    const known = shown.get(idOf(manifest))?.spec.details ?? [];
    for (const detail of details) if (!known.includes(detail)) context.log("warn", detail);
    await context.put(Diagnostic, idOf(manifest), { message: `manifest ${manifest} is not applied`, details });
  }
  for (const [id, { metadata }] of shown) {
    const over = ![...troubles.keys()].some((manifest) => idOf(manifest) === id);
    if (metadata.owner === owner && over) await context.destroy(Diagnostic, id);
  }
}

const hintsOf = (thrown: unknown): string[] =>
  thrown instanceof Failure && thrown.hint !== undefined ? [thrown.hint] : [];
