import { Notice } from "../../../async/notice.ts";
import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import { KubeClient } from "../../../kube/client.ts";
import { isKubeError } from "../../../kube/kube-error.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import { keyOf } from "../../../kube/object.ts";
import type { Identity } from "../../../pki/index.ts";
import { KubernetesAccessConfig } from "../../../resources/k8s/kubernetes-access-config.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { KubeFollower } from "../../kube-follower.ts";
import { identityOf } from "../../secrets/pem-pair.ts";
import { type Allowed, accountVersion, type MachineAccount, refusalOf, type SecretObject } from "./account.ts";
import { isCurrent, secretOf } from "./account-secret.ts";
import { tellEvent } from "./event.ts";
import { providerLabels } from "./machine-service.ts";

const accountsPath = `/apis/${accountVersion}/serviceaccounts`;
const labelSelector = Object.entries(providerLabels)
  .map(([label, value]) => `${label}=${value}`)
  .join();
/** Certificates run out without an event, and so may a Secret that lost its labels be lost. */
const lookAgainMs = 60_000;

interface Granting {
  readonly client: KubeClient;
  readonly authority: Identity;
  readonly allowed: Allowed;
}

/** Gives pods their way into the machine API: a Secret for each account that the configuration allows. */
export const machineAccountController = () => {
  const changed = new Notice();
  const accounts = new KubeFollower<MachineAccount>(changed);
  const secrets = new KubeFollower<SecretObject>(changed);
  return defineController({
    name: "kubeaccess.CRDController",
    inputs: [
      { kind: KubernetesAccessConfig, id: "config", strength: "weak" },
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      { kind: OSRootSecret, id: "os", strength: "weak" },
    ],
    outputs: [],
    wakeOn: (signal) => accounts.changes(signal),
    async reconcile(context) {
      const config = (await context.get(KubernetesAccessConfig, "config"))?.spec;
      const kubernetes = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
      const root = (await context.get(OSRootSecret, "os"))?.spec;
      const wanted = config?.enabled === true && kubernetes !== undefined && root !== undefined;
      const access = wanted ? accessOf(kubernetes.localhostAdminKubeconfig) : undefined;
      const found = accounts.see(access && { access, path: accountsPath }, context);
      secrets.see(access && { access, path: "/api/v1/secrets", query: { labelSelector } }, context);
      if (!wanted || access === undefined || found === undefined) return;
      using client = new KubeClient(access);
      const granting = {
        client,
        authority: identityOf(root.issuingCA),
        allowed: { roles: config.allowedAPIRoles, namespaces: config.allowedKubernetesNamespaces },
      };
      for (const account of found.values()) await grantOrTell(granting, account, context);
      context.requeueAfter(lookAgainMs);
    },
  });
};

/** One account's trouble is its own. */
async function grantOrTell(granting: Granting, account: MachineAccount, context: ReconcileContext): Promise<void> {
  try {
    await grant(granting, account, context.signal);
  } catch (thrown) {
    // Another control plane machine was faster: what it wrote wakes us.
    if (isKubeError(thrown, 409)) return;
    context.log("warn", `Cannot grant access to ${keyOf(account)}: ${messageOf(thrown)}`);
  }
}

async function grant({ client, authority, allowed }: Granting, account: MachineAccount, signal: AbortSignal) {
  const { name = "", namespace = "", resourceVersion } = account.metadata ?? {};
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  const secret = await client.find<SecretObject>(path, signal);
  const refusal = refusalOf(account, secret, allowed);
  const changed = refusal === undefined && (secret === undefined || !isCurrent(secret, account, authority));
  if (changed) {
    const fresh = await secretOf(account, authority);
    if (secret === undefined) await client.create(collection, fresh, signal);
    else {
      const { resourceVersion = "" } = secret.metadata ?? {};
      await client.replace(path, { ...fresh, metadata: { ...fresh.metadata, resourceVersion } }, signal);
    }
  }
  const told = account.status?.failureReason;
  if (told !== refusal) {
    // The version makes one machine of several say it.
    const patch = { metadata: { resourceVersion }, status: { failureReason: refusal ?? null } };
    await client.patch(
      `/apis/${accountVersion}/namespaces/${namespace}/serviceaccounts/${name}`,
      patch,
      "merge",
      signal,
    );
  }
  if (changed || told !== refusal) await tellEvent(client, account, refusal, signal);
}
