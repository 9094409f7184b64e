import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Whether the local DNS cache runs. */
export const DNSResolveCache = defineResource({
  type: "DNSResolveCaches.net.talos.dev",
  namespace: "network",
  spec: {
    status: string(1),
  },
  columns: { Status: "{.status}" },
});

export type DNSResolveCache = typeof DNSResolveCache.Type;
