import { defineController } from "../../../cosi/controller.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { decodeSettings } from "../../../netlink/rtnetlink/link-kinds.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { linkType, vlanProtocol } from "../../../resources/network/link-names.ts";
import { LinkRefresh } from "../../../resources/network/link-refresh.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { kernelNews } from "../kernel-news.ts";
import { ShownByLink } from "../shown-by-link.ts";
import { TunnelStatuses } from "../wireguard/tunnel-status.ts";
import { bondMasterOf } from "./bond-numbers.ts";
import { type LinkFacts, LinkHardware } from "./link-hardware.ts";

/** Shows the kernel's network links as LinkStatus resources. */
export const linkStatusController = (rtnetlink: Rtnetlink, hardware = new LinkHardware()) => {
  const tunnels = new TunnelStatuses();
  const shown = new ShownByLink<LinkFacts, LinkStatus>({
    kind: LinkStatus,
    show: ({ link, facts }) => [
      link.name,
      { ...specOf(link), ...facts, ...(isTunnel({ link }) ? tunnels.of(link.name) : settingsOf(link)) },
    ],
  });
  return defineController({
    name: "network.LinkStatusController",
    // WireGuard changes without an event: who changes it says so.
    inputs: [{ kind: LinkRefresh, strength: "weak" }],
    outputs: [{ kind: LinkStatus, sharing: "exclusive" }],
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.news(["link"], all), ...hardware.news),
    async reconcile(context) {
      await shown.put(context, withTunnelsAnew(hardware.read(rtnetlink.links())));
    },
  });
};

type LinksWithFacts = ReadonlyMap<number, readonly [LinkFacts]>;

const isTunnel = ({ link }: Pick<LinkFacts, "link">): boolean => link.kind === "wireguard";

/** Of tunnels the link does not say what changes: they are looked at in every pass. */
function withTunnelsAnew(links: LinksWithFacts): LinksWithFacts {
  if (!links.values().some(([known]) => isTunnel(known))) return links;
  return new Map(links.entries().map(([index, one]) => [index, isTunnel(one[0]) ? [{ ...one[0] }] : one]));
}

const specOf = (link: Link) => ({
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
  ...(link.alias === undefined ? {} : { alias: link.alias }),
  ...(link.alternativeNames.length === 0 ? {} : { altNames: link.alternativeNames }),
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
