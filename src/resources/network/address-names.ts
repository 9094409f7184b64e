import { enumeration, flags } from "../fields/enumeration.ts";

// Numbers of <linux/if_addr.h> and <linux/rtnetlink.h>, and the names people see.

export const family = enumeration({ inet4: 2, inet6: 10 });

export const scope = enumeration({ global: 0, site: 200, link: 253, host: 254, nowhere: 255 });

export const addressFlags = flags({
  temporary: 1,
  nodad: 2,
  optimistic: 4,
  dadfailed: 8,
  homeaddress: 16,
  deprecated: 32,
  tentative: 64,
  permanent: 128,
  mngmtmpaddr: 256,
  noprefixroute: 512,
  mcautojoin: 1024,
  stableprivacy: 2048,
});

export const addressSortAlgorithm = enumeration({ v1: 0, v2: 1 });
