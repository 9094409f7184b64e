import { boolean, list, oneOf, section, string } from "../describe.ts";
import { address, linkName } from "../formats.ts";
import { hardwareAddress, linkFields, linkNameField, setting } from "./link-fields.ts";

const targets = (doc: string) => list(string({ doc: "Address.", check: address }), { doc });

/** `BondConfig`: several links as one. Names and meanings are the kernel's (Documentation/networking/bonding). */
export const bondConfig = section({
  doc: "Joins several links into one that survives the loss of any, or carries more.",
  since: "1.12",
  effect: "live",
  fields: {
    name: linkNameField,
    hardwareAddr: hardwareAddress,
    links: list(string({ doc: "Link.", check: linkName }), {
      doc: "Links to join, by name or alias.",
      required: true,
      example: ["enp1s2", "enp1s3"],
    }),
    bondMode: oneOf(
      ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
      { doc: "How traffic is spread over the links.", required: true, example: "802.3ad" },
    ),
    miimon: setting.uint32("Interval of link checks, in milliseconds; 0 turns them off."),
    updelay: setting.uint32("Wait before a recovered link is used, in milliseconds; a multiple of miimon."),
    downdelay: setting.uint32("Wait before a failed link is dropped, in milliseconds; a multiple of miimon."),
    useCarrier: boolean({ doc: "Trust the driver's carrier state." }),
    xmitHashPolicy: oneOf(["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"], {
      doc: "What decides which link a packet leaves by.",
    }),
    arpInterval: setting.uint32("Interval of ARP probes, in milliseconds; 0 turns them off."),
    arpIpTargets: targets("IPv4 addresses probed by ARP."),
    nsIp6Targets: targets("IPv6 addresses probed by neighbour solicitation."),
    arpValidate: oneOf(["none", "active", "backup", "all", "filter", "filter-active", "filter-backup"], {
      doc: "On which links the answers to probes are judged.",
    }),
    arpAllTargets: oneOf(["any", "all"], { doc: "Whether any or all targets must answer." }),
    lacpRate: oneOf(["slow", "fast"], { doc: "How often the peer is asked for LACP packets." }),
    failOverMac: oneOf(["none", "active", "follow"], { doc: "Whether the hardware address moves on a fail-over." }),
    adSelect: oneOf(["stable", "bandwidth", "count"], { doc: "How an aggregator is selected." }),
    adActorSysPrio: setting.uint16("LACP system priority."),
    adUserPortKey: setting.uint16("Upper bits of the LACP port key."),
    adLACPActive: oneOf(["on", "off"], { doc: "Whether LACP packets are sent without being asked." }),
    primaryReselect: oneOf(["always", "better", "failure"], { doc: "When the primary link takes over again." }),
    resendIGMP: setting.uint32("IGMP reports after a fail-over."),
    minLinks: setting.uint32("Links that must be up for the bond to be."),
    lpInterval: setting.uint32("Interval of learning packets, in seconds."),
    packetsPerSlave: setting.uint32("Packets per link in balance-rr mode."),
    numPeerNotif: setting.uint8("Notifications after a fail-over."),
    tlbLogicalLb: setting.uint8("Dynamic balancing in balance-tlb mode: 0 or 1."),
    allSlavesActive: setting.uint8("Whether duplicate frames are accepted: 0 or 1."),
    peerNotifDelay: setting.uint32("Delay between notifications, in milliseconds."),
    missedMax: setting.uint8("ARP probes that may be missed."),
    ...linkFields,
  },
});
