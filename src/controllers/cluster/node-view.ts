import type { ReconcileContext } from "../../cosi/controller.ts";
import { mayDo } from "../../kube/access-review.ts";
import { KubeClient } from "../../kube/client.ts";
import type { MachineAccess } from "../kube-access.ts";

/** Whether a machine may see other machines' nodes. */
export class NodeView {
  #openTo: string | undefined;
  #told = false;

  async isOpenTo({ access, isKubelet }: MachineAccess, { signal, log }: ReconcileContext): Promise<boolean> {
    if (!isKubelet || this.#openTo === access.certificate) return true;
    using client = new KubeClient(access);
    const isOpen = await mayDo(client, { verb: "list", resource: "nodes" }, signal);
    if (isOpen) this.#openTo = access.certificate;
    else if (!this.#told) {
      log(
        "info",
        "Kubernetes shows this worker no node but its own: it hears of other machines by the discovery service alone",
      );
      this.#told = true;
    }
    return isOpen;
  }
}
