import { defineResource } from "../define.ts";
import { address, message, string } from "../fields/index.ts";
import { machineType } from "../machine-type-names.ts";
import { controlPlaneFields } from "./control-plane.ts";

/** A machine of the cluster: an affiliate that is complete. */
export const Member = defineResource({
  type: "Members.cluster.talos.dev",
  namespace: "cluster",
  spec: {
    nodeId: string(1),
    addresses: address(2).list(),
    hostname: string(3),
    machineType: machineType(4),
    operatingSystem: string(5),
    controlPlane: message(6, controlPlaneFields).nullable(),
  },
  columns: {
    Hostname: "{.hostname}",
    "Machine Type": "{.machineType}",
    OS: "{.operatingSystem}",
    Addresses: "{.addresses}",
  },
});

export type Member = typeof Member.Type;
