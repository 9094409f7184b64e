import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { APIServerConfig } from "../../resources/k8s/api-server-config.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { TAG } from "../../version.ts";
import { addressOf, fullNameOf } from "../secrets/names.ts";

/** Says what this machine tells others of itself. */
export const localAffiliateController = () =>
  defineController({
    name: "cluster.LocalAffiliateController",
    inputs: [
      { kind: DiscoveryConfig, id: "cluster", strength: "weak" },
      { kind: Identity, id: "local", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      // Addresses of pods and services are everybody's: no way to reach this machine.
      { kind: NodeAddress, id: "routed-no-k8s", strength: "weak" },
      { kind: MachineType, id: "machine-type", strength: "weak" },
      { kind: APIServerConfig, id: "kube-apiserver", strength: "weak" },
    ],
    outputs: [{ kind: Affiliate, sharing: "shared" }],
    async reconcile(context) {
      const affiliate = await describe(context);
      for (const { metadata } of await context.list(Affiliate)) {
        const isMine = metadata.owner === "cluster.LocalAffiliateController";
        if (isMine && metadata.id !== affiliate?.nodeId) await context.destroy(Affiliate, metadata.id);
      }
      if (affiliate !== undefined) await context.put(Affiliate, affiliate.nodeId, affiliate);
    },
  });

async function describe(context: ReconcileContext): Promise<Affiliate | undefined> {
  const discovery = (await context.get(DiscoveryConfig, "cluster"))?.spec;
  const nodeId = (await context.get(Identity, "local"))?.spec.nodeId;
  const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
  const nodename = (await context.get(Nodename, "nodename"))?.spec.nodename;
  const routed = (await context.get(NodeAddress, "routed-no-k8s"))?.spec;
  const machineType = (await context.get(MachineType, "machine-type"))?.spec.type;
  if (!discovery?.discoveryEnabled || nodeId === undefined || hostname === undefined) return undefined;
  if (nodename === undefined || routed === undefined || machineType === undefined) return undefined;
  const apiServer = machineType === "worker" ? undefined : (await context.get(APIServerConfig, "kube-apiserver"))?.spec;
  return {
    nodeId,
    addresses: routed.addresses.map(addressOf),
    hostname: fullNameOf(hostname),
    nodename,
    operatingSystem: `Talos (${TAG})`,
    machineType,
    ...(apiServer && { controlPlane: { port: apiServer.localPort } }),
  };
}
