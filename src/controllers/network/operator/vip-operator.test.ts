import { expect, test } from "bun:test";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { runVip } from "./vip-operator.ts";

test.each(["192.0.2.100", "2001:db8::100"])("%s has left the link before another machine may have it", (ip) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    const prefix = `${ip}/${ip.includes(":") ? 128 : 32}`;
    const isThere = () => rtnetlink.addresses().some(({ address }) => address === ip);
    const stopping = new AbortController();
    const seen: string[] = [];
    await runVip({
      spec: {
        ...{ operator: "vip", linkName: "lo", requireUp: false, layer: "configuration" },
        vip: { ip, gratuitousARP: false },
      },
      // An election without others: what counts is when it is over.
      connect: async () => ({
        withLock: async (_, work, { signal }) => {
          const held = work(signal);
          seen.push(isThere() ? "held with the address" : "held without it");
          stopping.abort();
          const done = await held;
          seen.push(isThere() ? "free with the address" : "free without it");
          return done;
        },
        [Symbol.dispose]: () => {},
      }),
      reachOther: () => Promise.reject(new Error("there is no other")),
      onHolder: (holds) => {
        if (holds) rtnetlink.addAddress("lo", prefix);
        // Controllers take it away, a while later.
        else if (isThere()) setTimeout(() => rtnetlink.removeAddress("lo", prefix), 20);
      },
      log: () => {},
      signal: stopping.signal,
    });
    expect(seen).toEqual(["held with the address", "free without it"]);
  }),
);
