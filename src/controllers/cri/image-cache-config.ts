import { defineController } from "../../cosi/controller.ts";
import { ImageCacheConfig } from "../../resources/cri/image-cache-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Says how far the local cache of images is. There is no volume for it yet: a wish for one is told, not fulfilled. */
export const imageCacheConfigController = () =>
  defineController({
    name: "cri.ImageCacheConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: ImageCacheConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config?.machine.features.imageCache.localEnabled === true) {
        context.log("warn", "machine.features.imageCache has no effect yet: images come from their registries");
      }
      await context.put(ImageCacheConfig, "image-cache", { status: "disabled", copyStatus: "skipped", roots: [] });
    },
  });
