import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { Ethtool } from "../../../netlink/ethtool/ethtool.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { EthernetSpec } from "../../../resources/network/ethernet-spec.ts";
import { Problems } from "../../problems.ts";
import { kernelNewsToActOn, noted } from "../kernel-news.ts";
import { sameObjects } from "../same-objects.ts";
import { ethernetSteps } from "./steps.ts";

const retryMs = 10_000;

/**
 * Sets up the hardware of links as they should be. A link that is not there yet waits; one whose spec goes stays as it is,
 * since nobody knows what it was before.
 */
export const ethernetSpecController = (rtnetlink: Rtnetlink, ethtool: Ethtool) => {
  const problems = new Problems(retryMs);
  const attempts = new Map<string, string>();
  /** The links, and the specs, with which there was nothing to do. */
  let satisfied: readonly unknown[] = [];
  const forget = () => {
    satisfied = [];
  };
  return defineController({
    name: "network.EthernetSpecController",
    inputs: [{ kind: EthernetSpec, strength: "weak" }],
    outputs: [],
    wakeOn: (signal) =>
      kernelNewsToActOn(
        signal,
        (all) => rtnetlink.news(["link"], all),
        (all) => noted(ethtool.changes(all), forget),
      ),
    async reconcile(context) {
      const specs = await context.list(EthernetSpec);
      if (specs.length === 0) return attempts.clear();
      const links = rtnetlink.links();
      const now = [links, ...specs.map(({ spec }) => spec)];
      if (sameObjects(satisfied, now)) return;
      forget();
      let isSatisfied = true;
      for (const { metadata, spec } of specs) {
        const link = links.find((one) => isCalled(one, metadata.id));
        if (link !== undefined && !(await sync(context, metadata.id, link, spec))) isSatisfied = false;
      }
      if (isSatisfied) satisfied = now;
    },
  });

  /**
   * One step after the other: what a device refuses, it refuses for a reason of its own.
   * @returns whether there was nothing to do
   */
  async function sync(context: ReconcileContext, id: string, link: Link, spec: EthernetSpec): Promise<boolean> {
    let settled = 0;
    for (const [place, stepOf] of ethernetSteps.entries()) {
      const key = `${id}/${place}`;
      await problems.attempt(context, key, () => {
        const step = stepOf(spec, ethtool, link);
        if (step === undefined) {
          attempts.delete(key);
          settled += 1;
          return;
        }
        const { name, from, to, take } = step;
        // A driver that makes something else of it, such as a power of two, is not asked again and again. One that made
        // it so is, when somebody else changes that.
        const attempt = JSON.stringify([link.index, from, to]);
        if (attempts.get(key) === attempt) return;
        take();
        if (stepOf(spec, ethtool, link) === undefined) attempts.delete(key);
        else attempts.set(key, attempt);
        context.log("info", `set ${name} of ${link.name}: ${JSON.stringify(to)}`);
      });
    }
    return settled === ethernetSteps.length;
  }
};

const isCalled = ({ name, alias, alternativeNames }: Link, wanted: string): boolean =>
  name === wanted || alias === wanted || alternativeNames.includes(wanted);
