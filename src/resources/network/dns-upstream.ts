import { defineDocument } from "../define.ts";

export interface DNSUpstream {
  readonly healthy: boolean;
  /** Address with port. */
  readonly addr: string;
}

/** A DNS server behind the local cache. It has no form on the wire: the reference has none either. */
export const DNSUpstream = defineDocument<DNSUpstream>(
  {
    type: "DNSUpstreams.net.talos.dev",
    namespace: "network",
    columns: { Healthy: "{.healthy}", Address: "{.addr}" },
  },
  {
    encode: () => new Uint8Array(),
    decode: () => ({ healthy: false, addr: "" }),
    yaml: ({ healthy, addr }) => ({ addr, healthy: String(healthy) }),
  },
);
