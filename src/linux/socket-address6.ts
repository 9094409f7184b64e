import { bytes, struct, u16, u32 } from "./struct.ts";

/** struct sockaddr_in6, <netinet/in.h>; `port` is in network byte order, `scope` the index of a link. */
export const socketAddress6 = struct({ family: u16, port: u16, flow: u32, address: bytes(16), scope: u32 });

/** Levels and names for setsockopt(2), from <netinet/in.h> and <asm/socket.h>. */
export const Inet6Option = { level: 41, multicastLink: 17, onlyInet6: 26 } as const;
export const BindOption = { reuseAddress: 2, toLink: 62 } as const;
