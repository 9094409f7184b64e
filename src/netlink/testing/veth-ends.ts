import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import type { Link } from "../rtnetlink/link.ts";
import { Rtnetlink } from "../rtnetlink/rtnetlink.ts";

export interface Ends {
  readonly rtnetlink: Rtnetlink;
  readonly near: Link;
  readonly far: Link;
}

/** A cable with both its ends, `near` and `far`, in an empty network; both have a carrier. */
export const withEnds = (body: (ends: Ends) => Promise<void>): Promise<void> =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    await bringUp(rtnetlink, "near", "far");
    const [near, far] = [rtnetlink.link("near"), rtnetlink.link("far")];
    if (near === undefined || far === undefined) throw new Error("the links are gone");
    await body({ rtnetlink, near, far });
  });

/** A link drops what is sent before the kernel has seen its carrier, which is a moment after it was set up. */
export async function bringUp(rtnetlink: Rtnetlink, ...names: readonly string[]): Promise<void> {
  const controller = new AbortController();
  const changes = rtnetlink.changes(["link"], controller.signal);
  for (const name of names) rtnetlink.setLinkUp(name);
  const isUp = (name: string) => rtnetlink.link(name)?.operationalState === "up";
  for await (const _ of changes) if (names.every(isUp)) break;
  controller.abort();
}
