import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { LinkRefresh } from "../../../resources/network/link-refresh.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { kernelNewsToActOn } from "../kernel-news.ts";
import { ofLatest } from "../of-latest.ts";
import { sameObjects } from "../same-objects.ts";
import { isNone, Troubles } from "../troubles.ts";
import { WireguardLinks } from "../wireguard/wireguard-links.ts";
import { type LinksByName, linksByName, masterNameOf } from "./link-lookup.ts";
import { LinkMaker } from "./link-maker.ts";

export interface LinkSpecOptions {
  readonly rtnetlink: Rtnetlink;
  /** Loads what the kernel needs for links of a kind, if it is a module. */
  readonly loadKind: (kind: string) => Promise<void>;
}

/** Makes links be as they should, and removes those that were made for someone who does not want them any more. */
export const linkSpecController = ({ rtnetlink, loadKind }: LinkSpecOptions) => {
  const troubles = new Troubles();
  const wireguard = new WireguardLinks();
  const maker = new LinkMaker({ rtnetlink, wireguard, loadKind });
  /** What there was when a link was as it should be. */
  const satisfied = new Map<string, readonly unknown[]>();
  const byName = ofLatest(linksByName);
  return defineController({
    name: "network.LinkSpecController",
    inputs: [{ kind: LinkSpec, strength: "strong" }],
    outputs: [{ kind: LinkRefresh, sharing: "shared" }],
    wakeOn: (signal) =>
      kernelNewsToActOn(
        signal,
        (all) => rtnetlink.news(["link"], all),
        (all) => wireguard.changes(all),
      ),
    async reconcile(context) {
      const specs = (await context.list(LinkSpec)).sort((a, b) => rankOf(a) - rankOf(b));
      const ids = new Set(specs.map(({ metadata }) => metadata.id));
      troubles.keepOnly(ids);
      for (const id of satisfied.keys()) if (!ids.has(id)) satisfied.delete(id);
      let links = byName(rtnetlink.links());
      for (const resource of specs) {
        const { id } = resource.metadata;
        const now = whatMatters(resource, links);
        if (sameObjects(satisfied.get(id), now)) continue;
        satisfied.delete(id);
        const before = rtnetlink.changesAsked;
        try {
          const isSatisfied = await handle(context, resource, links);
          if (isSatisfied && rtnetlink.changesAsked === before) satisfied.set(id, now);
        } catch (thrown) {
          troubles.note(context, id, { problems: [messageOf(thrown)], missing: [] });
        }
        // Each step may make or remove links that the next one looks for.
        if (rtnetlink.changesAsked !== before) links = byName(rtnetlink.links());
      }
    },
  });

  /** @returns whether all is as it should be, and stays so until something changes */
  async function handle(
    context: ReconcileContext,
    { metadata: { id, phase }, spec }: Resource<LinkSpec>,
    links: LinksByName,
  ): Promise<boolean> {
    if (phase !== "running") {
      const done = maker.undo(spec, links);
      if (done !== undefined) context.log("info", done);
      await context.removeFinalizer(LinkSpec, id);
      return false;
    }
    await context.addFinalizer(LinkSpec, id);
    const outcome = await maker.sync(spec, links);
    for (const change of outcome.done) context.log("info", change);
    if (outcome.changedSilently) await refresh(context, spec.kind);
    troubles.note(context, id, outcome);
    return isNone(outcome) && !changesUntold.has(spec.kind);
  }
};

/** Their members, or keys and peers, are not said by the link. */
const changesUntold: ReadonlySet<string> = new Set(["bond", "wireguard"]);

/** The spec, the link, what it sits on and what it is part of. */
function whatMatters(resource: Resource<LinkSpec>, links: LinksByName): readonly unknown[] {
  const { name, logical, parentName = "" } = resource.spec;
  const [link, parent] = [links.find(name, !logical), links.find(parentName, true)];
  return [resource, link, parent, links.find(masterNameOf(resource.spec), true)];
}

/** Tells who shows links to look again: the kernel has no event for this. */
async function refresh(context: ReconcileContext, kind: string): Promise<void> {
  const generation = (await context.get(LinkRefresh, kind))?.spec.generation ?? 0;
  await context.put(LinkRefresh, kind, { generation: generation + 1 });
}

/** What goes first; then what others are part of, then its members in order, then what is on top. */
function rankOf({ metadata, spec }: Resource<LinkSpec>): number {
  if (metadata.phase !== "running") return 0;
  if (spec.kind === "vlan") return 1_000;
  return spec.bondSlave?.masterName === undefined ? 1 : 2 + (spec.bondSlave?.slaveIndex ?? 0);
}
