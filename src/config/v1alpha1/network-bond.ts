import { boolean, integer, list, section, string } from "../describe.ts";
import { linkName } from "../formats.ts";

/** Which link is meant, by what it is instead of by its name. */
export const deviceSelector = section({
  doc: "Picks a link by what it is; every field that is set must match.",
  since: "1.1",
  fields: {
    busPath: string({ doc: "Bus path, with wildcards." }),
    hardwareAddr: string({ doc: "Hardware address, with wildcards." }),
    permanentAddr: string({ doc: "Hardware address as manufactured, with wildcards.", since: "1.9" }),
    pciID: string({ doc: "PCI vendor and product, with wildcards." }),
    driver: string({ doc: "Kernel driver, with wildcards." }),
    physical: boolean({ doc: "Only links that are hardware.", since: "1.7" }),
  },
}).optional();

const name = (doc: string) => string({ doc });
const number = (doc: string) => integer({ doc, minimum: 0 });

/** `bond`: several links as one. Names and meanings are the kernel's (Documentation/networking/bonding). */
export const bond = section({
  doc: "Joins several links into one.",
  fields: {
    interfaces: list(string({ doc: "Link.", check: linkName }), { doc: "Links to join." }),
    deviceSelectors: list(deviceSelector, { doc: "Links to join, by what they are.", since: "1.4" }),
    arpIPTarget: list(name("Address."), { doc: "Addresses probed by ARP." }),
    mode: name("How traffic is spread, such as 802.3ad."),
    xmitHashPolicy: name("What decides which link a packet leaves by."),
    lacpRate: name("How often LACP packets are sent: slow or fast."),
    adActorSystem: name("LACP system address."),
    arpValidate: name("Which ARP probes are validated."),
    arpAllTargets: name("Whether any or all ARP targets must answer."),
    primary: name("Link preferred in active-backup mode."),
    primaryReselect: name("When the primary link takes over again."),
    failOverMac: name("Whether the hardware address moves on a fail-over."),
    adSelect: name("How an aggregator is selected."),
    miimon: number("Interval of link checks, in milliseconds."),
    updelay: number("Wait before a recovered link is used, in milliseconds."),
    downdelay: number("Wait before a failed link is dropped, in milliseconds."),
    arpInterval: number("Interval of ARP probes, in milliseconds."),
    resendIgmp: number("IGMP reports after a fail-over."),
    minLinks: number("Links that must be up."),
    lpInterval: number("Interval of learning packets, in seconds."),
    packetsPerSlave: number("Packets per link in round-robin mode."),
    numPeerNotif: number("Notifications after a fail-over."),
    tlbDynamicLb: number("Dynamic balancing in TLB mode."),
    allSlavesActive: number("Whether duplicate frames are accepted."),
    useCarrier: boolean({ doc: "Trust the driver's carrier state." }),
    adActorSysPrio: number("LACP system priority."),
    adUserPortKey: number("Upper bits of the LACP port key."),
    peerNotifyDelay: number("Delay between notifications, in milliseconds."),
  },
}).optional();
