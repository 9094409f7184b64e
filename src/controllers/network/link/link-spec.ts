import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { LinkRefresh } from "../../../resources/network/link-refresh.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { kernelNews } from "../kernel-news.ts";
import { Troubles } from "../troubles.ts";
import { WireguardLinks } from "../wireguard/wireguard-links.ts";
import { type LinksByName, linksByName } from "./link-lookup.ts";
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
  return defineController({
    name: "network.LinkSpecController",
    inputs: [{ kind: LinkSpec, strength: "strong" }],
    outputs: [{ kind: LinkRefresh, sharing: "shared" }],
    wakeOn: (signal) =>
      kernelNews(
        signal,
        (all) => rtnetlink.changes(["link"], all),
        (all) => wireguard.changes(all),
      ),
    async reconcile(context) {
      const specs = (await context.list(LinkSpec)).sort((a, b) => rankOf(a) - rankOf(b));
      troubles.keepOnly(specs.map(({ metadata }) => metadata.id));
      let links = linksByName(rtnetlink.links());
      for (const resource of specs) {
        const before = rtnetlink.changesAsked;
        try {
          await handle(context, resource, links);
        } catch (thrown) {
          troubles.note(context, resource.metadata.id, { problems: [messageOf(thrown)], missing: [] });
        }
        // Each step may make or remove links that the next one looks for.
        if (rtnetlink.changesAsked !== before) links = after(resource, links);
      }
    },
  });

  /** A bond changes its members with itself, and others go with what they were on. The rest was done to one link. */
  function after({ metadata, spec: { kind, name } }: Resource<LinkSpec>, links: LinksByName): LinksByName {
    if (kind === "bond" || metadata.phase !== "running") return linksByName(rtnetlink.links());
    const [old, link] = [links.find(name, true), rtnetlink.link(name)];
    const others = links.all.filter((other) => other !== old);
    return linksByName(link === undefined ? others : [...others, link]);
  }

  async function handle(
    context: ReconcileContext,
    { metadata: { id, phase }, spec }: Resource<LinkSpec>,
    links: LinksByName,
  ): Promise<void> {
    if (phase !== "running") {
      const done = maker.undo(spec, links);
      if (done !== undefined) context.log("info", done);
      await context.removeFinalizer(LinkSpec, id);
      return;
    }
    await context.addFinalizer(LinkSpec, id);
    const outcome = await maker.sync(spec, links);
    for (const change of outcome.done) context.log("info", change);
    if (outcome.changedSilently) await refresh(context, spec.kind);
    troubles.note(context, id, outcome);
  }
};

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
