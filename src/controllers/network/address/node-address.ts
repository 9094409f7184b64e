import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
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
import { sameObjects } from "../same-objects.ts";

/**
 * The addresses this machine is known by: `current` on links that are up and those by which a cloud makes it reachable,
 * `routed` without the latter and without the management tunnel's, `accumulative` every one since boot (certificates must
 * not lose names), `default` the first one on a link, for as long as the machine has it; one that a router announced
 * gives way to one that somebody asked for. Each filter makes selections of its own of all but the last, such as
 * `routed-no-k8s`: whoever announces this machine to others reads those, since the addresses of pods' bridges come and go.
 */
export const nodeAddressController = () => {
  /** What the latest selections were made of, and their ids: while these are the same objects, they are the same. */
  let done: { readonly from: readonly unknown[]; readonly ids: readonly string[] } = { from: [], ids: [] };
  return defineController({
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
      const filters = await context.list(NodeAddressFilter);
      const found = await addressesOf(context);
      const from = [sortAlgorithm, ...filters.map(({ spec }) => spec), ...found];
      if (sameObjects(done.from, from)) {
        for (const id of done.ids) context.keep(NodeAddress, id);
        return;
      }
      done = { from: [], ids: [] };
      const selectors = new Map(filters.map(({ metadata, spec }) => [metadata.id, selectorOf(spec)]));
      const made = (await select(context, { found, selectors, sortAlgorithm })).map(({ metadata }) => metadata);
      // One that somebody still holds is not there again yet.
      if (made.every(({ phase }) => phase === "running")) done = { from, ids: made.map(({ id }) => id) };
    },
  });
};

interface Selecting {
  readonly found: readonly FoundAddress[];
  readonly selectors: ReadonlyMap<string, Selector>;
  readonly sortAlgorithm: NodeAddress["sortAlgorithm"];
}

/** Makes all selections. @returns them */
async function select(context: ReconcileContext, selecting: Selecting): Promise<readonly Resource<NodeAddress>[]> {
  const { found, selectors, sortAlgorithm } = selecting;
  const compare = sortAlgorithm === "v2" ? compareSpecificFirst : comparePrefixes;
  const made: Resource<NodeAddress>[] = [];
  const put = async (id: string, prefixes: readonly Prefix[]) => {
    const byText = new Map(prefixes.map((prefix) => [prefix.text, prefix]));
    const resource = await context.put(NodeAddress, id, { addresses: [...byText.keys()], sortAlgorithm });
    if (resource.metadata.phase === "running") parsed.set(resource.spec.addresses, [...byText.values()]);
    made.push(resource);
  };
  const known = await context.get(NodeAddress, "default");
  const chosen = defaultOf(selecting, known?.spec, compare);
  if (chosen !== undefined) await put("default", [chosen]);
  else if (known !== undefined) {
    context.keep(NodeAddress, "default");
    made.push(known);
  }

  const currents = found.filter(({ isUp }) => isUp).sort((a, b) => compare(a.own.prefix, b.own.prefix));
  const current = currents.map(({ own }) => own.prefix);
  const routed = currents.filter(({ own }) => isRouted(own)).map(({ own }) => own.prefix);
  const ever = prefixesOf((await context.get(NodeAddress, "accumulative"))?.spec.addresses ?? []);
  const accumulative = [...ever, ...found.map(({ own }) => own.prefix)].sort(compare);
  for (const [id, prefixes] of Object.entries({ current, routed, accumulative })) {
    await put(id, prefixes);
    for (const [name, selector] of selectors) await put(`${id}-${name}`, selector(prefixes));
  }
  return made;
}

/** Another address to be known by, if there is a better one than before: what others were told at first stays true. */
function defaultOf(
  { found, selectors, sortAlgorithm }: Selecting,
  known: NodeAddress | undefined,
  compare: (a: Prefix, b: Prefix) => number,
): Prefix | undefined {
  const text = known?.addresses[0];
  const selector = selectors.get("no-k8s") ?? everything;
  const wanted = found.filter(({ own }) => isOnLink(own));
  const selected = new Set(selector(wanted.map(({ own }) => own.prefix)));
  const isBefore = ({ own: a }: FoundAddress, { own: b }: FoundAddress) =>
    Number(b.isAskedFor) - Number(a.isAskedFor) || compareText(a.linkName, b.linkName) || compare(a.prefix, b.prefix);
  const first = wanted
    .filter(({ own }) => selected.has(own.prefix))
    .reduce<FoundAddress | undefined>((best, one) => (best && isBefore(best, one) <= 0 ? best : one), undefined);
  const isAskedFor = (one = "") => wanted.some(({ own }) => own.isAskedFor && own.prefix.text === one);
  const isBetter = isAskedFor(first?.own.prefix.text) && !isAskedFor(text);
  const isThere = found.some(({ own, isUp }) => isUp && own.prefix.text === text);
  const stays = known?.sortAlgorithm === sortAlgorithm && isThere && !isBetter;
  return stays ? undefined : first?.own.prefix;
}

/** What a cloud translates to the machine's own addresses is shown on a link of this name, which there is not. */
const externalLink = "external";
/** Of SideroLink, the tunnel by which a fleet's manager reaches machines: no way between them. */
const managementNetwork = parsePrefix("fdae:41e4:649b:9303::/64");

/** What does not change while its status does not. */
interface OwnAddress {
  readonly prefix: Prefix;
  readonly linkName: string;
  /** Somebody wants it; the others are those that routers announce, which come and go as they like. */
  readonly isAskedFor: boolean;
}

interface FoundAddress {
  readonly own: OwnAddress;
  readonly isUp: boolean;
}

const isOnLink = ({ linkName }: OwnAddress): boolean => linkName !== externalLink;
const isRouted = (own: OwnAddress): boolean => isOnLink(own) && !containsAddress(managementNetwork, own.prefix);

/** The machine's own addresses. */
async function addressesOf(context: Pick<ReconcileContext, "list">): Promise<FoundAddress[]> {
  const links = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec]));
  return (await context.list(AddressStatus)).flatMap(({ metadata, spec }) => {
    const either = metadata.phase === "running" ? foundAddresses.getOrInsertComputed(spec, foundAddressOf) : undefined;
    if (either === undefined) return [];
    return isUp(links.get(spec.linkName)) || spec.linkName === externalLink ? either.up : either.down;
  });
}

/** There are a thousand, and most are those of before: the same objects for each address, on a link that is up or not. */
const foundAddresses = new WeakMap<AddressStatus, Readonly<Record<"up" | "down", FoundAddress>> | undefined>();

function foundAddressOf(status: AddressStatus): Readonly<Record<"up" | "down", FoundAddress>> | undefined {
  if (!isOfTheNode(status)) return undefined;
  const { linkName, address, flags } = status;
  const own = { linkName, prefix: parsePrefix(address), isAskedFor: (flags & AddressFlag.permanent) !== 0 };
  return { up: { own, isUp: true }, down: { own, isUp: false } };
}

const parsed = new WeakMap<readonly string[], readonly Prefix[]>();

const prefixesOf = (texts: readonly string[]): readonly Prefix[] =>
  parsed.getOrInsertComputed(texts, () => texts.map(parsePrefix));

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
