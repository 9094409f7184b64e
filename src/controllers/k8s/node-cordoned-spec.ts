import { defineController } from "../../cosi/controller.ts";
import { NodeCordonedSpec } from "../../resources/k8s/node-cordoned-spec.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";

/** Stages after which the machine does not come back by itself, or not the same. */
const leaving: ReadonlySet<string> = new Set(["shutting down", "upgrading", "resetting"]);
const staying: ReadonlySet<string> = new Set(["booting", "running"]);

/** Says when this machine's node should get no more pods. A reboot is too short for that. */
export const nodeCordonedSpecController = () =>
  defineController({
    name: "k8s.NodeCordonedSpecController",
    inputs: [{ kind: MachineStatus, id: "machine", strength: "weak" }],
    outputs: [{ kind: NodeCordonedSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const stage = (await context.get(MachineStatus, "machine"))?.spec.stage ?? "";
      const isCordoned = (await context.get(NodeCordonedSpec, "cordoned")) !== undefined;
      if (leaving.has(stage) || (isCordoned && !staying.has(stage)))
        await context.put(NodeCordonedSpec, "cordoned", {});
    },
  });
