import { defineController } from "../../cosi/controller.ts";
import type { Link } from "../../netlink/rtnetlink/link.ts";
import { decodeSettings } from "../../netlink/rtnetlink/link-kinds.ts";
import type { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { linkType, vlanProtocol } from "../../resources/network/link-names.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { bondMasterOf } from "./bond-numbers.ts";

/** Shows the kernel's network links as LinkStatus resources. */
export const linkStatusController = (rtnetlink: Rtnetlink) =>
  defineController({
    name: "network.LinkStatusController",
    inputs: [],
    outputs: [{ kind: LinkStatus, sharing: "exclusive" }],
    wakeOn: (signal) => rtnetlink.changes(["link"], signal),
    async reconcile(context) {
      for (const link of rtnetlink.links()) await context.put(LinkStatus, link.name, specOf(link));
    },
  });

const specOf = (link: Link): LinkStatus => ({
  index: link.index,
  type: linkType.nameOf(link.type) ?? "nohdr",
  linkIndex: link.parentIndex,
  flags: link.flags,
  hardwareAddr: link.hardwareAddress,
  permanentAddr: link.permanentAddress ?? "",
  broadcastAddr: link.broadcastAddress,
  mtu: link.mtu,
  queueDisc: link.queueDiscipline,
  masterIndex: link.masterIndex,
  operationalState: link.operationalState,
  kind: link.kind ?? "",
  slaveKind: link.slaveKind ?? "",
  linkState: link.isUp && link.hasCarrier,
  // Ethernet's own facts come from ethtool, which nobody asks yet.
  port: "Other",
  duplex: "Unknown",
  ...(link.alias === undefined ? {} : { alias: link.alias }),
  ...settingsOf(link),
});

/** What the kernel says of links that it made. */
function settingsOf({ kind, data }: Link): Partial<LinkStatus> {
  if (kind === "vlan") {
    const { id: vlanID = 0, protocol = 0 } = decodeSettings("vlan", data);
    return { vlan: { vlanID, vlanProtocol: vlanProtocol.nameOf(protocol) ?? "802.1q" } };
  }
  if (kind === "bridge") {
    const { stp = 0, vlanFiltering = 0 } = decodeSettings("bridge", data);
    return { bridgeMaster: { stp: { enabled: stp !== 0 }, vlan: { filteringEnabled: vlanFiltering !== 0 } } };
  }
  return kind === "bond" ? { bondMaster: bondMasterOf(decodeSettings("bond", data)) } : {};
}
