import { defineController } from "../../../cosi/controller.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { LinkAliasSpec } from "../../../resources/network/link-alias-spec.ts";
import { linkType } from "../../../resources/network/link-names.ts";
import { LinkRefresh } from "../../../resources/network/link-refresh.ts";
import { Problems } from "../../problems.ts";
import { kernelNewsToActOn } from "../kernel-news.ts";

const retryMs = 5_000;

/** Gives links of hardware their aliases, and takes away those that nobody wants. */
export const linkAliasSpecController = (rtnetlink: Rtnetlink) => {
  const problems = new Problems(retryMs);
  let generation = 0;
  return defineController({
    name: "network.LinkAliasSpecController",
    inputs: [{ kind: LinkAliasSpec, strength: "weak" }],
    outputs: [{ kind: LinkRefresh, sharing: "shared" }],
    wakeOn: (signal) => kernelNewsToActOn(signal, (all) => rtnetlink.news(["link"], all)),
    async reconcile(context) {
      const wanted = new Map(
        (await context.list(LinkAliasSpec)).map(({ metadata, spec }) => [metadata.id, spec.alias]),
      );
      const before = generation;
      for (const { index, name, type, kind, alias: current = "" } of rtnetlink.links()) {
        if (kind !== undefined || type !== linkType.numbers.ether) continue;
        await problems.attempt(context, name, () => {
          const alias = wanted.get(name) ?? "";
          if (alias === current) return;
          rtnetlink.setLink(index, { alias });
          generation += 1;
          context.log("info", alias === "" ? `${name} is not "${current}" any more` : `${name} is also "${alias}"`);
        });
      }
      // The kernel tells nobody of the alias of a link that is down.
      if (generation !== before) await context.put(LinkRefresh, "alias", { generation });
    },
  });
};
