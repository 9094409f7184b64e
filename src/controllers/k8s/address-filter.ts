import { defineController } from "../../cosi/controller.ts";
import { NodeStatus } from "../../resources/k8s/node-status.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { NodeAddressFilter } from "../../resources/network/node-address-filter.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/**
 * Tells addresses of the machine from those that the cluster's network puts on it: the latter are no way to reach this
 * node, and change with its pods.
 */
export const addressFilterController = () =>
  defineController({
    name: "k8s.AddressFilterController",
    inputs: [
      activeConfigInput,
      { kind: Nodename, id: "nodename", strength: "weak" },
      { kind: NodeStatus, strength: "weak" },
    ],
    outputs: [{ kind: NodeAddressFilter, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const nodename = (await context.get(Nodename, "nodename"))?.spec.nodename;
      const node = nodename === undefined ? undefined : (await context.get(NodeStatus, nodename))?.spec;
      const { podSubnets, serviceSubnets } = config.cluster.network;
      // A controller of the owner's may have given this node a range of its own.
      const subnets = [...new Set([...podSubnets, ...(node?.podCIDRs ?? []), ...serviceSubnets])];
      await context.put(NodeAddressFilter, "no-k8s", { includeSubnets: [], excludeSubnets: subnets });
      await context.put(NodeAddressFilter, "only-k8s", { includeSubnets: subnets, excludeSubnets: [] });
    },
  });
