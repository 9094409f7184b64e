import { defineController } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import type { NetworkArguments } from "../../platform/network-arguments.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { PlatformConfig } from "../../resources/network/platform-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { type Layered, putWishes, wishes } from "../layered.ts";
import { warnOnce } from "../warn-once.ts";
import { platformSays } from "./platform/platform-config-id.ts";
import { sameObjects } from "./same-objects.ts";
import { LinkIdentities } from "./wanted/link-identities.ts";
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
  const identities = new LinkIdentities();
  const warn = warnOnce();
  /** What the wishes were made of. */
  let done: readonly unknown[] = [];
  return defineController({
    name,
    inputs: [activeConfigInput, { kind: LinkStatus, strength: "weak" }, { kind: PlatformConfig, strength: "weak" }],
    outputs: [{ kind, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const links = identities.of(await context.list(LinkStatus));
      const [config, platform] = [await activeConfig(context), await platformSays(context)];
      const now = [links, config, platform];
      if (sameObjects(done, now)) return;
      done = [];
      const ofPlatform = platform?.links.map((link) => link.name);
      const world = worldOf(config, cmdline, links, ofPlatform);
      await putWishes(context, name, kind, specsOf(world));
      warn(context, contradiction?.(world));
      done = now;
    },
  });
};
