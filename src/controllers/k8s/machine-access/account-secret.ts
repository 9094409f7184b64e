import { fromBase64, toBase64 } from "../../../bytes/base64.ts";
import type { Identity, Role } from "../../../pki/index.ts";
import { isRole } from "../../../pki/index.ts";
import { clientCertificateOf, createContext } from "../../../talosconfig/certificate.ts";
import { formatTalosconfig, parseTalosconfig } from "../../../talosconfig/format.ts";
import { accountKind, accountVersion, type MachineAccount, type SecretObject } from "./account.ts";
import { machineServiceHost, providerLabels } from "./machine-service.ts";

const lifetimeMs = 6 * 3_600_000;
/** With less than that left, a pod gets another. */
const renewalMs = 3_600_000;
const contextName = "default";
/** Mounted at /var/run/secrets/talos.dev it is where clients look. */
const fileName = "config";

/** The Secret of an account: a client configuration with a certificate that grants its roles for some hours. */
export async function secretOf(account: MachineAccount, authority: Identity): Promise<SecretObject> {
  const { name = "", namespace = "", uid = "" } = account.metadata ?? {};
  const roles = rolesOf(account);
  const context = await createContext({ authority, roles, endpoints: [machineServiceHost], validForMs: lifetimeMs });
  const talosconfig = formatTalosconfig({ context: contextName, contexts: new Map([[contextName, context]]) });
  const owner = { apiVersion: accountVersion, kind: accountKind, name, uid };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...{ name, namespace, labels: providerLabels },
      // It goes with its account.
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    type: "Opaque",
    data: { [fileName]: toBase64(talosconfig) },
  };
}

/** Whether the Secret's certificate is still what the account wants, and for long enough. */
export function isCurrent(
  secret: SecretObject,
  account: MachineAccount,
  authority: Identity,
  now = Date.now(),
): boolean {
  const context = contextOf(secret);
  const certificate = context && clientCertificateOf(context);
  if (context === undefined || certificate === undefined) return false;
  const leftMs = certificate.notAfter.getTime() - now;
  return (
    context.ca === toBase64(authority.certificate) &&
    context.endpoints.join() === machineServiceHost &&
    leftMs > renewalMs &&
    // A certificate that we would not have made is not ours.
    leftMs <= lifetimeMs &&
    certificate.roles.toSorted().join() === rolesOf(account).toSorted().join()
  );
}

const rolesOf = ({ spec }: MachineAccount): Role[] => [...new Set((spec?.roles ?? []).filter(isRole))];

/** Somebody may have written something else there. */
function contextOf({ data }: SecretObject) {
  try {
    const text = Buffer.from(fromBase64(data?.[fileName] ?? "")).toString("utf8");
    const { context, contexts } = parseTalosconfig(text, fileName);
    const found = contexts.get(context);
    return found !== undefined && clientCertificateOf(found) !== undefined ? found : undefined;
  } catch {
    return undefined;
  }
}
