import { enumeration } from "../fields/enumeration.ts";

// States of the image cache.

export const imageCacheStatus = enumeration({ unknown: 0, disabled: 1, preparing: 2, ready: 3 });

export const imageCacheCopyStatus = enumeration({ unknown: 0, skipped: 1, copying: 2, ready: 3 });
