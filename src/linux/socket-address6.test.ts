import { expect, test } from "bun:test";
import { BindOption, Inet6Option, socketAddress6 } from "./socket-address6.ts";
import { cConstants, cLayout, layoutOf } from "./testing/c-headers.ts";

test("struct sockaddr_in6 has the layout of the C compiler", () => {
  const names = { family: "sin6_family", port: "sin6_port", flow: "sin6_flowinfo", address: "sin6_addr" } as const;
  const ours = layoutOf(socketAddress6, { ...names, scope: "sin6_scope_id" });
  expect(ours).toEqual(cLayout(["netinet/in.h"], "struct sockaddr_in6", Object.keys(ours.offsets)));
});

test("options of sockets are the headers' ones", () => {
  const names = ["IPPROTO_IPV6", "IPV6_MULTICAST_IF", "IPV6_V6ONLY", "SO_REUSEADDR", "SO_BINDTOIFINDEX"] as const;
  expect(cConstants(["netinet/in.h", "sys/socket.h"], names)).toEqual({
    IPPROTO_IPV6: Inet6Option.level,
    IPV6_MULTICAST_IF: Inet6Option.multicastLink,
    IPV6_V6ONLY: Inet6Option.onlyInet6,
    SO_REUSEADDR: BindOption.reuseAddress,
    SO_BINDTOIFINDEX: BindOption.toLink,
  });
});
