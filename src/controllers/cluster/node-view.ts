import type { ReconcileContext } from "../../cosi/controller.ts";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/object.ts";
import type { MachineAccess } from "../kube-access.ts";

interface AccessReview extends KubeObject {
  readonly spec: { readonly resourceAttributes: { readonly verb: string; readonly resource: string } };
  readonly status?: { readonly allowed?: boolean };
}

const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const question: AccessReview = {
  apiVersion: "authorization.k8s.io/v1",
  kind: "SelfSubjectAccessReview",
  spec: { resourceAttributes: { verb: "list", resource: "nodes" } },
};

/** Whether a machine may see other machines' nodes. It is asked before, since a refusal would be in every audit log. */
export class NodeView {
  #openTo: string | undefined;
  #told = false;

  async isOpenTo({ access, isKubelet }: MachineAccess, { signal, log }: ReconcileContext): Promise<boolean> {
    if (!isKubelet || this.#openTo === access.certificate) return true;
    using client = new KubeClient(access);
    const { status } = await client.create(path, question, signal);
    if (status?.allowed === true) this.#openTo = access.certificate;
    else if (!this.#told) {
      log(
        "info",
        "Kubernetes shows this worker no node but its own: it hears of other machines by the discovery service alone",
      );
      this.#told = true;
    }
    return status?.allowed === true;
  }
}
