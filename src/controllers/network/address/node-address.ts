import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import {
  comparePrefixes,
  compareSpecificFirst,
  containsAddress,
  type Prefix,
  parsePrefix,
} from "../../../net/prefix.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { NodeAddressFilter } from "../../../resources/network/node-address-filter.ts";
import { NodeAddressSortAlgorithm } from "../../../resources/network/node-address-sort-algorithm.ts";

/**
 * The addresses this machine is known by: `current` on links that are up and those by which a cloud makes it reachable,
 * `routed` without the latter and without the management tunnel's, `accumulative` every one since boot (certificates must
 * not lose names), `default` the first one on a link, for as long as the machine has it; one that a router announced
 * gives way to one that somebody asked for. Each filter makes selections of its own of all but the last, such as
 * `routed-no-k8s`: whoever announces this machine to others reads those, since the addresses of pods' bridges come and go.
 */
export const nodeAddressController = () =>
  defineController({
    name: "network.NodeAddressController",
    inputs: [
      { kind: AddressStatus, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
      { kind: NodeAddressFilter, strength: "weak" },
      { kind: NodeAddressSortAlgorithm, id: "default", strength: "weak" },
    ],
    outputs: [{ kind: NodeAddress, sharing: "exclusive" }],
    async reconcile(context) {
      const sortAlgorithm = (await context.get(NodeAddressSortAlgorithm, "default"))?.spec.algorithm;
      if (sortAlgorithm === undefined) return;
      const compare = sortAlgorithm === "v2" ? compareSpecificFirst : comparePrefixes;
      const filters = new Map(
        (await context.list(NodeAddressFilter)).map(({ metadata, spec }) => [metadata.id, selectorOf(spec)]),
      );
      const found = await addressesOf(context, compare);
      const all = found.map(({ prefix }) => prefix);
      const currents = found.filter(({ isUp }) => isUp).sort((a, b) => compare(a.prefix, b.prefix));
      const current = currents.map(({ prefix }) => prefix);
      const routed = currents.filter(isRouted).map(({ prefix }) => prefix);
      const put = async (id: string, prefixes: readonly Prefix[]) => {
        const addresses = [...new Set(prefixes.map(({ text }) => text))];
        await context.put(NodeAddress, id, { addresses, sortAlgorithm });
      };
      const before = async (id: string) =>
        ((await context.get(NodeAddress, id))?.spec.addresses ?? []).map((address) => parsePrefix(address));

      const known = (await context.get(NodeAddress, "default"))?.spec;
      const wanted = found.filter(isOnLink).sort((a, b) => Number(b.isAskedFor) - Number(a.isAskedFor));
      const [first] = (filters.get("no-k8s") ?? everything)(wanted.map(({ prefix }) => prefix));
      const isAskedFor = (text = "") => wanted.some((one) => one.isAskedFor && one.prefix.text === text);
      const isBetter = isAskedFor(first?.text) && !isAskedFor(known?.addresses[0]);
      const isThere = current.some(({ text }) => text === known?.addresses[0]);
      const stays = known?.sortAlgorithm === sortAlgorithm && isThere && !isBetter;
      // What others were told at first stays true for them, as long as the machine has it.
      if (stays || (first === undefined && known !== undefined)) context.keep(NodeAddress, "default");
      else if (first !== undefined) await put("default", [first]);

      const accumulative = [...(await before("accumulative")), ...all].sort(compare);
      for (const [id, prefixes] of Object.entries({ current, routed, accumulative })) {
        await put(id, prefixes);
        for (const [name, select] of filters) await put(`${id}-${name}`, select(prefixes));
      }
    },
  });

/** What a cloud translates to the machine's own addresses is shown on a link of this name, which there is not. */
const externalLink = "external";
/** Of SideroLink, the tunnel by which a fleet's manager reaches machines: no way between them. */
const managementNetwork = parsePrefix("fdae:41e4:649b:9303::/64");

interface FoundAddress {
  readonly prefix: Prefix;
  readonly linkName: string;
  readonly isUp: boolean;
  /** Somebody wants it; the others are those that routers announce, which come and go as they like. */
  readonly isAskedFor: boolean;
}

const isOnLink = ({ linkName }: FoundAddress): boolean => linkName !== externalLink;
const isRouted = (found: FoundAddress): boolean => isOnLink(found) && !containsAddress(managementNetwork, found.prefix);

/** The machine's own addresses, by link and then in the order that is asked for. */
async function addressesOf(
  context: Pick<ReconcileContext, "list">,
  compare: (a: Prefix, b: Prefix) => number,
): Promise<FoundAddress[]> {
  const links = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec]));
  return (await context.list(AddressStatus))
    .filter(({ metadata, spec }) => metadata.phase === "running" && isOfTheNode(spec))
    .map(({ spec: { linkName, address, flags } }) => ({
      ...{ linkName, prefix: parsePrefix(address), isAskedFor: (flags & AddressFlag.permanent) !== 0 },
    }))
    .sort((a, b) => compareText(a.linkName, b.linkName) || compare(a.prefix, b.prefix))
    .map((found) => ({ ...found, isUp: found.linkName === externalLink || isUp(links.get(found.linkName)) }));
}

/** Not loopback, link-local or multicast: reachable from elsewhere. */
const isOfTheNode = ({ scope, address }: AddressStatus): boolean =>
  (scope === "global" || scope === "site") && !/^(127\.|169\.254\.|::1\/|fe[89ab][0-9a-f]:|ff)/i.test(address);

/** Links that the kernel made up, such as tunnels, have no carrier to speak of. */
function isUp(link: LinkStatus | undefined): boolean {
  if (link?.operationalState !== "up" && link?.operationalState !== "unknown") return false;
  return link.linkState || link.kind !== "" || link.type !== "ether";
}

type Selector = (prefixes: readonly Prefix[]) => readonly Prefix[];

const everything: Selector = (prefixes) => prefixes;

function selectorOf({ includeSubnets, excludeSubnets }: NodeAddressFilter): Selector {
  const [included, excluded] = [includeSubnets.map(parsePrefix), excludeSubnets.map(parsePrefix)];
  const isIn = (subnets: readonly Prefix[], prefix: Prefix) =>
    subnets.some((subnet) => containsAddress(subnet, prefix));
  return (prefixes) =>
    prefixes.filter((prefix) => (included.length === 0 || isIn(included, prefix)) && !isIn(excluded, prefix));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
