import type { KubeClient } from "../../../kube/client.ts";
import { accountKind, accountVersion, type MachineAccount } from "./account.ts";

const component = "talos-sa-controller";

/** Tells in the account's own namespace what became of it, where `kubectl describe` shows it. */
export async function tellEvent(
  client: KubeClient,
  { metadata = {} }: MachineAccount,
  refusal: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { name = "", namespace = "", uid, resourceVersion } = metadata;
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: accountVersion, kind: accountKind, name, namespace, uid, resourceVersion },
    type: refusal === undefined ? "Normal" : "Warning",
    reason: reasonOf(refusal),
    message: refusal ?? "Synced successfully",
    source: { component },
    ...{ firstTimestamp: now, lastTimestamp: now, count: 1 },
  };
  // What is told is not what is done: an event that gets lost changes nothing.
  await client.create(`/api/v1/namespaces/${namespace}/events`, event, signal).catch(() => undefined);
}

function reasonOf(refusal: string | undefined): string {
  if (refusal === undefined) return "Synced";
  if (refusal.startsWith("Secret")) return "ErrResourceExists";
  if (refusal.startsWith("Namespace")) return "ErrNamespaceNotAllowed";
  return refusal === "Roles not found" ? "ErrRolesNotFound" : "ErrRolesNotAllowed";
}
