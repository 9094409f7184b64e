import { type NodeObject, nodePath } from "../../controllers/k8s/node-object.ts";
import { readAccess } from "../../controllers/kubelet-access.ts";
import { kubeletFiles } from "../../controllers/kubelet-files.ts";
import type { State } from "../../cosi/state.ts";
import { messageOf } from "../../errors/message.ts";
import { KubeClient } from "../../kube/client.ts";
import { drainNode } from "../../kube/drain.ts";
import { NodeStatus } from "../../resources/k8s/node-status.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import type { Log } from "../machine.ts";
import { whenResource } from "../supervisor/conditions.ts";

export interface CordonAndDrainOptions {
  readonly state: State;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Where the kubelet's kubeconfig is, if not in its usual place. */
  readonly kubeconfig?: string;
  readonly limits?: Partial<typeof usual>;
}

const usual = { answerMs: 10_000, cordonMs: 60_000, drainMs: 5 * 60_000 };

/**
 * Has the pods of this node start elsewhere, before the machine goes. That the node is cordoned is for its controllers,
 * which see that the machine is leaving. Never fails and never takes longer than its limits: a machine can be shut down
 * whatever its cluster says.
 */
export async function cordonAndDrain(options: CordonAndDrainOptions): Promise<void> {
  const { state, log, signal, kubeconfig = kubeletFiles.kubeconfig } = options;
  const limits = { ...usual, ...options.limits };
  const name = (await state.get(Nodename, "nodename"))?.spec;
  const access = await readAccess(kubeconfig).catch(() => undefined);
  // Never let into a cluster: there are no pods either.
  if (name === undefined || name.skipNodeRegistration || access === undefined) return;
  const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  using client = new KubeClient(access);
  let step = "asking for the node";
  try {
    await client.get<NodeObject>(nodePath(name.nodename), within(limits.answerMs));
    step = "cordoning it";
    const isCordoned = ({ unschedulable }: NodeStatus) => unschedulable;
    await whenResource(state, NodeStatus, name.nodename, isCordoned, within(limits.cordonMs));
    step = "evicting its pods";
    const tell = (message: string) => log("info", message);
    await drainNode(client, { node: name.nodename, signal: within(limits.drainMs), log: tell });
  } catch (thrown) {
    const isLate = thrown instanceof DOMException && thrown.name === "TimeoutError";
    log(
      "warn",
      `Cannot drain this node, its pods end with it: ${isLate ? `${step} took too long` : messageOf(thrown)}`,
    );
  }
}
