import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";
import { imageCacheCopyStatus, imageCacheStatus } from "./image-cache-names.ts";

/** State of the cache of container images on the machine's own disk. */
export const ImageCacheConfig = defineResource({
  type: "ImageCacheConfigs.cri.talos.dev",
  namespace: "cri",
  spec: {
    status: imageCacheStatus(1),
    copyStatus: imageCacheCopyStatus(3),
    roots: string(2).list(),
  },
  columns: { Status: "{.status}", CopyStatus: "{.copyStatus}", Roots: "{.roots}" },
});

export type ImageCacheConfig = typeof ImageCacheConfig.Type;
