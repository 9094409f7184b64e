import { defineController } from "../../../cosi/controller.ts";
import { durableWrite } from "../../../files/durable-write.ts";
import { readIfPresent } from "../../../files/read-if-present.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { MountStatus } from "../../../resources/runtime/mount-status.ts";
import { cachePath } from "./cache-path.ts";
import { activeId } from "./platform-config-id.ts";

const ownerReads = 0o400;

/** Keeps what the platform says on STATE, as soon as there is one. */
export const platformConfigStoreController = ({ path = cachePath }: { readonly path?: string } = {}) =>
  defineController({
    name: "network.PlatformConfigStoreController",
    inputs: [
      { kind: PlatformConfig, id: activeId, strength: "weak" },
      { kind: MountStatus, id: "STATE", strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      const said = await context.get(PlatformConfig, activeId);
      if (said === undefined || (await context.get(MountStatus, "STATE")) === undefined) return;
      const text = PlatformConfig.toYaml(said.spec);
      if (text !== (await readIfPresent(path))) await durableWrite(path, text, ownerReads);
    },
  });
