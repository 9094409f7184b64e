import { defineResource } from "../define.ts";
import { address, boolean, int64, message, string, uint32 } from "../fields/index.ts";
import { clientIdentifierFields } from "./client-identifier.ts";
import { configLayer, networkOperator } from "./config-names.ts";

const dhcp4OperatorFields = {
  routeMetric: uint32(1),
  skipHostnameRequest: boolean(2).optional(),
  clientIdentifier: message(3, clientIdentifierFields).optional(),
};

const dhcp6OperatorFields = {
  routeMetric: uint32(2),
  skipHostnameRequest: boolean(3).optional(),
  clientIdentifier: message(4, clientIdentifierFields).optional(),
};

const vipEquinixMetalFields = {
  projectID: string(1),
  deviceID: string(2),
  apiToken: string(3),
};

const viphCloudFields = {
  deviceID: int64(1),
  networkID: int64(2),
  apiToken: string(3),
};

const vipOperatorFields = {
  ip: address(1),
  gratuitousARP: boolean(2),
  equinixMetal: message(3, vipEquinixMetalFields).optional(),
  hcloud: message(4, viphCloudFields).optional(),
};

/** A program that configures a link: DHCP, or a shared address. */
export const OperatorSpec = defineResource({
  type: "OperatorSpecs.net.talos.dev",
  namespace: "network",
  sensitive: true,
  spec: {
    operator: networkOperator(1),
    linkName: string(2),
    requireUp: boolean(3),
    dhcp4: message(4, dhcp4OperatorFields).optional(),
    dhcp6: message(5, dhcp6OperatorFields).optional(),
    vip: message(6, vipOperatorFields).optional(),
    layer: configLayer(7),
  },
});

export type OperatorSpec = typeof OperatorSpec.Type;
