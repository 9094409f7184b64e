import { close, open } from "../../linux/file-descriptor.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Rtnetlink } from "../rtnetlink/rtnetlink.ts";

/** Runs a body in an empty network of its own, into which a link of the network outside is moved. */
export const withLinkApart = <T>(
  outside: Rtnetlink,
  link: string,
  body: (inside: Rtnetlink) => Promise<T>,
): Promise<T> =>
  inNetworkNamespace(async () => {
    const namespaceFile = open("/proc/thread-self/ns/net");
    outside.setLink(link, { namespaceFile });
    close(namespaceFile);
    using inside = new Rtnetlink();
    return await body(inside);
  });
