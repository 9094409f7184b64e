import { defineResource } from "../define.ts";
import { boolean, hardwareAddress, inline, int64, message, string, uint32 } from "../fields/index.ts";
import { bondMasterFields } from "./bond-master.ts";
import { bridgeMasterFields } from "./bridge-master.ts";
import { configLayer } from "./config-names.ts";
import { linkType } from "./link-names.ts";
import { vlanFields } from "./vlan.ts";
import { wireguardFields } from "./wireguard.ts";

const bondSlaveFields = {
  masterName: string(1).optional(),
  slaveIndex: int64(2).optional(),
};

const bridgeSlaveFields = {
  masterName: string(1).optional(),
};

/** A link that should be; the id is its name. */
export const LinkSpec = defineResource({
  type: "LinkSpecs.net.talos.dev",
  namespace: "network",
  sensitive: true,
  spec: {
    name: string(1),
    logical: boolean(2),
    up: boolean(3),
    mtu: uint32(4),
    kind: string(5),
    type: linkType(6),
    hardwareAddr: hardwareAddress(15).optional(),
    parentName: string(7).optional(),
    bondSlave: inline(8, bondSlaveFields),
    bridgeSlave: message(9, bridgeSlaveFields).optional(),
    vlan: message(10, vlanFields).optional(),
    bondMaster: message(11, bondMasterFields).optional(),
    bridgeMaster: message(12, bridgeMasterFields).optional(),
    wireguard: message(13, wireguardFields).optional(),
    layer: configLayer(14),
    multicast: boolean(16).nullable(),
  },
});

export type LinkSpec = typeof LinkSpec.Type;
