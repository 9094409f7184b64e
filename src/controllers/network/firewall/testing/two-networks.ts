import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { eventually } from "../../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../../linux/testing/namespace.ts";
import { AddressFlag } from "../../../../netlink/rtnetlink/constants.ts";
import { Rtnetlink } from "../../../../netlink/rtnetlink/rtnetlink.ts";
import { withLinkApart } from "../../../../netlink/testing/link-apart.ts";

/** Asks the neighbour to try, `tcp 192.0.2.10 192.0.2.1 5000`, and hears `open`, `refused` or `silent`. */
export type Ask = (question: string) => Promise<string>;

/**
 * The machine's network, 192.0.2.1 and fd00::1, and a neighbour behind a cable, 192.0.2.10, 192.0.2.200 and fd00::10 to fd00::2f.
 * What is opened in the body is the machine's.
 */
export function withNeighbour(body: (ask: Ask) => Promise<void>): Promise<void> {
  return inNetworkNamespace(async () => {
    using outside = new Rtnetlink();
    outside.createLink({ name: "near", kind: "veth", peerName: "far" });
    const program = new URL("peer.ts", import.meta.url).pathname;
    const peer = Bun.spawn([process.execPath, program], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    const answers = createInterface({ input: Readable.fromWeb(peer.stdout) })[Symbol.asyncIterator]();
    const ask: Ask = async (question) => {
      peer.stdin.write(`${question}\n`);
      peer.stdin.flush();
      const { value } = await answers.next();
      return value ?? "gone";
    };
    try {
      await withLinkApart(outside, "near", async (inside) => {
        inside.setLinkUp("lo");
        const hosts = Array.from({ length: 32 }, (_, index) => `fd00::${(0x10 + index).toString(16)}/64`);
        settle(outside, "far", ["192.0.2.10/24", "192.0.2.200/24", ...hosts]);
        settle(inside, "near", ["192.0.2.1/24", "fd00::1/64"]);
        // What is sent before the kernel has seen the carrier is lost.
        const ends = () => [outside.link("far"), inside.link("near")];
        await eventually(() => ends().every((end) => end?.operationalState === "up"));
        await body(ask);
      });
    } finally {
      peer.stdin.end();
      await peer.exited;
    }
  });
}

function settle(rtnetlink: Rtnetlink, link: string, prefixes: readonly string[]): void {
  // Looking for others with the same address takes a second.
  for (const prefix of prefixes) rtnetlink.addAddress(link, prefix, { flags: AddressFlag.noDad });
  rtnetlink.setLinkUp(link);
}

/** Echoes what comes in at these ports, by TCP and UDP, of both families. */
export async function echoAt(...ports: readonly number[]): Promise<Disposable> {
  const using = new DisposableStack();
  for (const port of ports) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    using.defer(() => void server.close());
    const listening = Promise.withResolvers<void>();
    server.listen(port, "::", listening.resolve);
    const datagrams = createSocket({ type: "udp6" });
    using.defer(() => void datagrams.close());
    datagrams.on("message", (message, from) => datagrams.send(message, from.port, from.address));
    datagrams.bind(port, "::");
    await listening.promise;
  }
  return using;
}
