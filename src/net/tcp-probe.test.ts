import { expect, test } from "bun:test";
import { messageOf } from "../errors/message.ts";
import { inNetworkNamespace } from "../linux/testing/namespace.ts";
import { Rtnetlink } from "../netlink/rtnetlink/rtnetlink.ts";
import { probeTcp } from "./tcp-probe.ts";

const failure = (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) =>
  probeTcp({ host: "192.0.2.9", port: 80, ...options }).catch(messageOf);

test("silence ends, and so does a try that nobody wants any more", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    rtnetlink.setLinkUp("far");
    rtnetlink.setLinkUp("near");
    rtnetlink.addAddress("near", "192.0.2.1/24");
    const never = new AbortController().signal;
    expect(await failure({ timeoutMs: 50, signal: never })).toBe(
      "Cannot connect to 192.0.2.9, port 80: no answer within 50 ms",
    );
    const stopping = new AbortController();
    const trying = failure({ timeoutMs: 60_000, signal: stopping.signal });
    stopping.abort(new Error("enough"));
    expect(await trying).toBe("enough");
    expect(await failure({ timeoutMs: 60_000, signal: stopping.signal })).toBe("enough");
  }));
