import { Notice } from "../../../async/notice.ts";
import { defineController } from "../../../cosi/controller.ts";
import { Failure } from "../../../errors/failure.ts";
import { KubeClient } from "../../../kube/client.ts";
import { isKubeError } from "../../../kube/kube-error.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import { keyOf } from "../../../kube/object.ts";
import type { Identity } from "../../../pki/index.ts";
import { KubernetesAccessConfig } from "../../../resources/k8s/kubernetes-access-config.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { KubeFollower } from "../../kube-follower.ts";
import { Problems } from "../../problems.ts";
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
  const problems = new Problems(lookAgainMs);
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
      for (const account of found.values()) {
        await problems.attempt(context, keyOf(account), () => grantOrTell(granting, account, context.signal));
      }
      context.requeueAfter(lookAgainMs);
    },
  });
};

async function grantOrTell(granting: Granting, account: MachineAccount, signal: AbortSignal): Promise<void> {
  try {
    await grant(granting, account, signal);
  } catch (cause) {
    // Another control plane machine was faster: what it wrote wakes us.
    if (isKubeError(cause, 409)) return;
    throw new Failure(`Cannot grant access to ${keyOf(account)}`, { cause });
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
    else await client.replace(path, inPlaceOf(secret, fresh), signal);
  }
  const told = account.status?.failureReason;
  if (told !== refusal) {
    // The version makes one machine of several say it.
    const patch = { metadata: { resourceVersion }, status: { failureReason: refusal ?? null } };
    await client.patch(accountPath(namespace, name), patch, "merge", signal);
  }
  if (changed || told !== refusal) await tellEvent(client, account, refusal, signal);
}

/** Fails when the old one has changed meanwhile. */
const inPlaceOf = (old: SecretObject, fresh: SecretObject): SecretObject => ({
  ...fresh,
  metadata: { ...fresh.metadata, resourceVersion: old.metadata?.resourceVersion ?? "" },
});

const accountPath = (namespace: string, name: string): string =>
  `/apis/${accountVersion}/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
