import { defineController } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { Member } from "../../resources/cluster/member.ts";

/** Machines that are in the cluster: affiliates with a node. */
export const memberController = () =>
  defineController({
    name: "cluster.MemberController",
    inputs: [{ kind: Affiliate, strength: "weak" }],
    outputs: [{ kind: Member, sharing: "exclusive" }],
    async reconcile(context) {
      for (const { metadata, spec } of await context.list(Affiliate)) {
        const { nodename = "", nodeId, addresses, hostname, machineType, operatingSystem, controlPlane } = spec;
        if (nodename === "" || metadata.phase !== "running") continue;
        const member = { nodeId, addresses, hostname, machineType, operatingSystem };
        await context.put(Member, nodename, { ...member, ...(controlPlane && { controlPlane }) });
      }
    },
  });
