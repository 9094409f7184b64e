import type { KubeClient } from "./client.ts";
import type { KubeObject } from "./object.ts";

/** What somebody wants to do. */
export interface Deed {
  readonly verb: string;
  /** `""`, which is left out, for the core. */
  readonly group?: string;
  readonly resource: string;
}

interface AccessReview extends KubeObject {
  readonly spec: { readonly resourceAttributes: Deed };
  readonly status?: { readonly allowed?: boolean };
}

const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Whether the client's user may do something in the whole cluster. Asking leaves no refusal in the audit log. */
export async function mayDo(client: KubeClient, deed: Deed, signal: AbortSignal): Promise<boolean> {
  const question: AccessReview = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: deed },
  };
  const { status } = await client.create(path, question, signal);
  return status?.allowed === true;
}
