import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import type { Resource } from "../../cosi/resource.ts";
import { messageOf } from "../../errors/message.ts";
import type { Link } from "../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { LinkMaker } from "./link-maker.ts";

const retryMs = 5_000;

export interface LinkSpecOptions {
  readonly rtnetlink: Rtnetlink;
  /** Loads what the kernel needs for links of a kind, if it is a module. */
  readonly loadKind: (kind: string) => Promise<void>;
}

/** Makes links be as they should, and removes those that were made for someone who does not want them any more. */
export const linkSpecController = ({ rtnetlink, loadKind }: LinkSpecOptions) => {
  const told = new Map<string, string>();
  const maker = new LinkMaker(rtnetlink, loadKind);
  return defineController({
    name: "network.LinkSpecController",
    inputs: [{ kind: LinkSpec, strength: "strong" }],
    outputs: [],
    wakeOn: (signal) => rtnetlink.changes(["link"], signal),
    async reconcile(context) {
      const specs = (await context.list(LinkSpec)).sort((a, b) => rankOf(a) - rankOf(b));
      const known = new Set(specs.map(({ metadata }) => metadata.id));
      for (const id of told.keys()) if (!known.has(id)) told.delete(id);
      for (const resource of specs) {
        const { id } = resource.metadata;
        try {
          await handle(context, resource);
          told.delete(id);
        } catch (thrown) {
          const problem = messageOf(thrown);
          if (told.get(id) !== problem) context.log("warn", problem);
          told.set(id, problem);
          context.requeueAfter(retryMs);
        }
      }
    },
  });

  async function handle(context: ReconcileContext, { metadata, spec }: Resource<LinkSpec>): Promise<void> {
    // Each step may make or remove links that the next one looks for.
    const links = new Map(rtnetlink.links().map((link): [string, Link] => [link.name, link]));
    if (metadata.phase === "running") {
      await context.addFinalizer(LinkSpec, metadata.id);
      for (const change of await maker.sync(spec, links)) context.log("info", change);
      return;
    }
    const link = links.get(spec.name);
    if (spec.logical && link !== undefined && link.kind === spec.kind) {
      rtnetlink.deleteLink(link.index);
      context.log("info", `removed the ${spec.kind} ${spec.name}`);
    }
    await context.removeFinalizer(LinkSpec, metadata.id);
  }
};

/** What goes first; then what others are part of, then its members in order, then what is on top. */
function rankOf({ metadata, spec }: Resource<LinkSpec>): number {
  if (metadata.phase !== "running") return 0;
  if (spec.kind === "vlan") return 1_000;
  return spec.bondSlave?.masterName === undefined ? 1 : 2 + (spec.bondSlave?.slaveIndex ?? 0);
}
