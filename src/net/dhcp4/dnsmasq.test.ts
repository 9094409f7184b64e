import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { close, open } from "../../linux/file-descriptor.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { PacketSocket } from "../../netlink/packet-socket.ts";
import { parseHardwareAddress } from "../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { type DhcpClock, systemClock } from "../dhcp/alarm.ts";
import type { LeaseEvent } from "./client.ts";
import { clientPort } from "./packet.ts";
import { keepLease } from "./run.ts";

interface Near {
  readonly index: number;
  readonly mac: Uint8Array;
  readonly rtnetlink: Rtnetlink;
}

/** Two networks joined by a veth: dnsmasq on the far one, the body on the near one. */
async function withServer(flags: readonly string[], body: (near: Near) => Promise<void>) {
  const program = Bun.which("dnsmasq");
  if (program === null) throw new Error("Cannot test against a real DHCP server: the package dnsmasq-base is missing");
  const directory = mkdtempSync(join(tmpdir(), "dnsmasq-"));
  using rtnetlink = new Rtnetlink();
  rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
  rtnetlink.addAddress("far", "192.0.2.1/24");
  rtnetlink.setLinkUp("far");
  const server = Bun.spawn(
    [
      program,
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--port=0",
      "--interface=far",
      "--no-ping",
      "--user=root",
      "--pid-file=",
      `--dhcp-leasefile=${join(directory, "leases")}`,
      "--log-facility=-",
      ...flags,
    ],
    { stderr: "pipe" },
  );
  try {
    await untilLine(server.stderr, "DHCP, IP range");
    await inNetworkNamespace(() => onNear(rtnetlink, body));
  } finally {
    server.kill();
    await server.exited;
    rmSync(directory, { recursive: true });
  }
}

async function onNear(far: Rtnetlink, body: (near: Near) => Promise<void>): Promise<void> {
  const namespaceFile = open("/proc/thread-self/ns/net");
  far.setLink("near", { namespaceFile });
  close(namespaceFile);
  using rtnetlink = new Rtnetlink();
  rtnetlink.setLinkUp("near");
  const near = rtnetlink.link("near");
  await body({ rtnetlink, index: near?.index ?? 0, mac: parseHardwareAddress(near?.hardwareAddress ?? "") });
}

/** Waits for a text, and keeps reading after it: a closed pipe would end the server at its next line. */
async function untilLine(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  const found = Promise.withResolvers<void>();
  const read = async () => {
    let seen = "";
    for await (const chunk of stream) {
      seen += Buffer.from(chunk).toString();
      if (seen.includes(text)) found.resolve();
    }
    found.reject(new Error(`dnsmasq ended: ${seen}`));
  };
  void read();
  await found.promise;
}

async function nextEvent(events: AsyncIterator<LeaseEvent, void>): Promise<LeaseEvent> {
  const { value } = await events.next();
  if (value === undefined) throw new Error("the events ended");
  return value;
}

test(
  "a lease is got from dnsmasq with its options, and renewed at T1",
  () =>
    inNetworkNamespace(() =>
      withServer(
        [
          "--dhcp-range=192.0.2.100,192.0.2.100,255.255.255.0,2m",
          "--dhcp-option=option:router,192.0.2.1",
          "--dhcp-option=option:dns-server,192.0.2.53,192.0.2.54",
          "--dhcp-option=option:ntp-server,192.0.2.123",
          "--dhcp-option=option:mtu,1400",
          "--dhcp-option=option:domain-search,example.org,sub.example.org",
          "--dhcp-option=option:classless-static-route,0.0.0.0/0,192.0.2.1,10.0.0.0/8,192.0.2.9",
          "--domain=example.org",
        ],
        async ({ index, mac, rtnetlink }) => {
          using transport = new PacketSocket(index, clientPort);
          const controller = new AbortController();
          const clock = new LeapingClock();
          const options = { transport, clock, hardwareAddress: mac, hostname: "node-1", signal: controller.signal };
          const events = keepLease(options)[Symbol.asyncIterator]();
          expect(await nextEvent(events)).toEqual({
            kind: "bound",
            lease: {
              address: "192.0.2.100",
              prefixLength: 24,
              server: "192.0.2.1",
              routes: [
                { destination: "0.0.0.0/0", gateway: "192.0.2.1" },
                { destination: "10.0.0.0/8", gateway: "192.0.2.9" },
              ],
              dns: ["192.0.2.53", "192.0.2.54"],
              ntp: ["192.0.2.123"],
              // A client that tells its name does not ask for one.
              ...{ hostname: undefined, domain: undefined },
              searchDomains: ["example.org", "sub.example.org"],
              mtu: 1_400,
              leaseSeconds: 120,
              renewSeconds: 60,
              rebindSeconds: 105,
            },
          });
          // The server answers a renewal to the address itself: someone must have it.
          rtnetlink.addAddress(index, "192.0.2.100/24");
          clock.leap(60_000);
          expect(await nextEvent(events)).toMatchObject({ kind: "bound", lease: { address: "192.0.2.100" } });
          controller.abort();
          expect((await events.next()).done).toBe(true);
        },
      ),
    ),
  15_000,
);

test("on a network without a server nothing comes, and aborting ends the waiting", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    using transport = new PacketSocket(rtnetlink.link("near")?.index ?? 0, clientPort);
    const controller = new AbortController();
    const events = keepLease({ transport, hardwareAddress: new Uint8Array(6), signal: controller.signal });
    const next = events[Symbol.asyncIterator]().next();
    controller.abort();
    expect((await next).done).toBe(true);
  }));

/** The real clock, with leaps ahead in place of waiting. */
class LeapingClock implements DhcpClock {
  #aheadMs = 0;
  readonly #waiting = new Set<() => void>();

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  after(ms: number, callback: () => void): Disposable {
    const timer = systemClock.after(ms, callback);
    this.#waiting.add(callback);
    return {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        this.#waiting.delete(callback);
      },
    };
  }

  leap(ms: number): void {
    this.#aheadMs += ms;
    for (const callback of [...this.#waiting]) callback();
  }
}
