import { defineController } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import type { NetworkArguments } from "../../platform/network-arguments.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { PlatformConfig } from "../../resources/network/platform-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { type Layered, putWishes, wishes } from "../layered.ts";
import { platformSays } from "./platform/platform-config-id.ts";
import { type World, worldOf } from "./wanted/world.ts";

export interface Wish<S extends Layered> {
  readonly name: string;
  readonly kind: ResourceKind<S>;
  /** What follows from the configuration, the command line and the links that there are, by id. */
  readonly specsOf: (world: World) => ReadonlyMap<string, S>;
  readonly cmdline: NetworkArguments;
  /** What is wanted twice in one layer, so that only one can count; for people, naming both. */
  readonly contradiction?: (world: World) => string | undefined;
}

/** Says what defaults, the command line and the configuration want of one kind. */
export const wishController = <S extends Layered>({ name, kind, specsOf, cmdline, contradiction }: Wish<S>) => {
  let told: string | undefined;
  return defineController({
    name,
    inputs: [activeConfigInput, { kind: LinkStatus, strength: "weak" }, { kind: PlatformConfig, strength: "weak" }],
    outputs: [{ kind, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const links = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec]));
      const ofPlatform = (await platformSays(context))?.links.map((link) => link.name);
      const world = worldOf(await activeConfig(context), cmdline, links, ofPlatform);
      await putWishes(context, name, kind, specsOf(world));
      const contradicting = contradiction?.(world);
      if (contradicting !== undefined && contradicting !== told) context.log("warn", contradicting);
      told = contradicting;
    },
  });
};
