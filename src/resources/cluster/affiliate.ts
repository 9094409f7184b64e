import { defineResource } from "../define.ts";
import { address, addressPort, message, prefix, string } from "../fields/index.ts";
import { machineType } from "../machine-type-names.ts";
import { controlPlaneFields } from "./control-plane.ts";

const kubespanAffiliateFields = {
  publicKey: string(1),
  address: address(2),
  additionalAddresses: prefix(3).list(),
  endpoints: addressPort(4).list(),
  excludeAdvertisedNetworks: prefix(5).list(),
};

/** A machine that says it belongs to the cluster, as discovery knows it. */
export const Affiliate = defineResource({
  type: "Affiliates.cluster.talos.dev",
  namespace: "cluster",
  spec: {
    nodeId: string(1),
    addresses: address(2).list(),
    hostname: string(3),
    nodename: string(4).optional(),
    operatingSystem: string(5),
    machineType: machineType(6),
    kubespan: message(7, kubespanAffiliateFields).optional(),
    controlPlane: message(8, controlPlaneFields).nullable(),
  },
  columns: { Hostname: "{.hostname}", "Machine Type": "{.machineType}", Addresses: "{.addresses}" },
});

export type Affiliate = typeof Affiliate.Type;
