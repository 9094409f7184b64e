import { defineResource } from "../define.ts";
import { boolean, hardwareAddress, int64, message, string, uint32 } from "../fields/index.ts";
import { bondMasterFields } from "./bond-master.ts";
import { bridgeMasterFields } from "./bridge-master.ts";
import { duplex, linkFlags, linkType, operationalState, port } from "./link-names.ts";
import { vlanFields } from "./vlan.ts";
import { wireguardFields } from "./wireguard.ts";

/** A link as the kernel has it now; the id is its name. */
export const LinkStatus = defineResource({
  type: "LinkStatuses.net.talos.dev",
  aliases: ["link", "links"],
  namespace: "network",
  spec: {
    alias: string(31).optional(),
    altNames: string(32).list().optional(),
    index: uint32(1),
    type: linkType(2),
    linkIndex: uint32(3),
    flags: linkFlags(4),
    hardwareAddr: hardwareAddress(5),
    permanentAddr: hardwareAddress(30),
    broadcastAddr: hardwareAddress(6),
    mtu: uint32(7),
    queueDisc: string(8),
    masterIndex: uint32(9).optional(),
    operationalState: operationalState(10),
    kind: string(11),
    slaveKind: string(12),
    busPath: string(13).optional(),
    pciID: string(14).optional(),
    driver: string(15).optional(),
    driverVersion: string(16).optional(),
    firmwareVersion: string(17).optional(),
    productID: string(18).optional(),
    vendorID: string(19).optional(),
    product: string(20).optional(),
    vendor: string(21).optional(),
    linkState: boolean(22),
    speedMbit: int64(23).optional(),
    port: port(24),
    duplex: duplex(25),
    vlan: message(26, vlanFields).optional(),
    bridgeMaster: message(27, bridgeMasterFields).optional(),
    bondMaster: message(28, bondMasterFields).optional(),
    wireguard: message(29, wireguardFields).optional(),
  },
  columns: {
    Alias: "{.alias}",
    Type: "{.type}",
    Kind: "{.kind}",
    "Hw Addr": "{.hardwareAddr}",
    "Oper State": "{.operationalState}",
    "Link State": "{.linkState}",
  },
});

export type LinkStatus = typeof LinkStatus.Type;
