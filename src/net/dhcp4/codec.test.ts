import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { decodeSearchList } from "../dhcp/search-list.ts";
import { leaseOf } from "./lease.ts";
import { type DhcpMessage, decodeDhcpMessage, encodeDhcpMessage } from "./message.ts";
import { DhcpOption, decodeOptions, encodeOptions } from "./options.ts";
import { decodePacket, encodePacket } from "./packet.ts";

const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
const options = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 254 }).filter((code) => code !== DhcpOption.overload),
      fc.uint8Array({ maxLength: 600 }),
    ),
    {
      maxLength: 6,
    },
  )
  .map((entries) => new Map(entries));
const message: fc.Arbitrary<DhcpMessage> = fc.record({
  kind: fc.constantFrom("request", "reply"),
  transaction: fc.nat(),
  elapsedSeconds: fc.nat(65_535),
  broadcast: fc.boolean(),
  clientAddress: address,
  yourAddress: address,
  relayAddress: address,
  hardwareAddress: fc.uint8Array({ minLength: 6, maxLength: 6 }),
  options,
});
const plain = (read: ReadonlyMap<number, Uint8Array>) => [...read].map(([code, value]) => [code, [...value]]);

test("options are read as they were written, long ones joined again", () => {
  fc.assert(
    fc.property(options, (written) => {
      expect(plain(decodeOptions(encodeOptions(written)))).toEqual(plain(written));
    }),
  );
});

test("messages are read as they were written", () => {
  fc.assert(
    fc.property(message, (written) => {
      const read = decodeDhcpMessage(encodeDhcpMessage(written));
      expect({ ...read, options: plain(read?.options ?? new Map()) }).toEqual({
        ...written,
        options: plain(written.options),
      } as never);
    }),
  );
});

test("a short message is as long as BOOTP's", () => {
  const short = fc.sample(message, 1).map((sample) => encodeDhcpMessage({ ...sample, options: new Map() }));
  expect(short[0]?.length).toBe(300);
});

test("options go on in the file and name fields when overloaded", () => {
  const base = fc.sample(message, 1)[0] as DhcpMessage;
  const bytes = encodeDhcpMessage({ ...base, options: new Map([[DhcpOption.overload, Uint8Array.of(3)]]) });
  bytes.set([DhcpOption.mtu, 2, 5, 220, DhcpOption.end], 108);
  bytes.set([DhcpOption.router, 4, 10, 0, 2, 2, DhcpOption.end], 44);
  const read = decodeDhcpMessage(bytes);
  expect([...(read?.options.get(DhcpOption.mtu) ?? [])]).toEqual([5, 220]);
  expect([...(read?.options.get(DhcpOption.router) ?? [])]).toEqual([10, 0, 2, 2]);
});

test("a datagram is framed as IPv4 and UDP with right checksums", () => {
  const packet = encodePacket({ source: "0.0.0.0", destination: "255.255.255.255", payload: Buffer.from("hello") });
  // Computed by a separate program after RFC 791 and RFC 768.
  expect(Buffer.from(packet).toString("hex")).toBe(
    "450000210000000040117acd00000000ffffffff00440043000dbb7b68656c6c6f",
  );
});

test("a datagram to a client is taken out of its packet, a damaged or foreign one is not", () => {
  fc.assert(
    fc.property(address, address, fc.uint8Array({ maxLength: 100 }), (source, destination, payload) => {
      const packet = encodePacket({ source, destination, payload });
      expect(decodePacket(packet)).toBeUndefined(); // it is for a server's port
      const toClient = packet.slice();
      toClient.set([0, 67, 0, 68], 20);
      const read = decodePacket(new Uint8Array([...toClient, 0, 0])); // padding of short Ethernet frames
      expect(read).toEqual({ source, destination, payload: new Uint8Array(payload) });
      toClient[8] = 63;
      expect(decodePacket(toClient)).toBeUndefined();
    }),
  );
});

const ack = (entries: readonly (readonly [number, readonly number[]])[]): DhcpMessage => ({
  kind: "reply",
  transaction: 1,
  elapsedSeconds: 0,
  broadcast: false,
  clientAddress: "0.0.0.0",
  yourAddress: "10.0.2.15",
  relayAddress: "0.0.0.0",
  hardwareAddress: new Uint8Array(6),
  options: new Map(
    [[DhcpOption.server, [10, 0, 2, 2]] as const, ...entries].map(([code, bytes]) => [code, Uint8Array.from(bytes)]),
  ),
});

test("a lease holds everything its options say", () => {
  const lease = leaseOf(
    ack([
      [DhcpOption.subnetMask, [255, 255, 254, 0]],
      [DhcpOption.router, [10, 0, 2, 2, 10, 0, 2, 3]],
      [DhcpOption.dns, [10, 0, 2, 3, 8, 8, 8, 8]],
      [DhcpOption.ntp, [10, 0, 2, 4]],
      [DhcpOption.hostname, [...Buffer.from("node-1\0")]],
      [DhcpOption.domain, [...Buffer.from("example.org")]],
      [DhcpOption.mtu, [5, 120]],
      [DhcpOption.leaseTime, [0, 0, 14, 16]],
    ]),
  );
  expect(lease).toEqual({
    address: "10.0.2.15",
    prefixLength: 23,
    server: "10.0.2.2",
    routes: [{ destination: "0.0.0.0/0", gateway: "10.0.2.2" }],
    dns: ["10.0.2.3", "8.8.8.8"],
    ntp: ["10.0.2.4"],
    hostname: "node-1",
    domain: "example.org",
    searchDomains: [],
    mtu: 1_400,
    leaseSeconds: 3_600,
    renewSeconds: 1_800,
    rebindSeconds: 3_150,
  });
});

test("classless routes replace the router", () => {
  const classless = [0, 10, 0, 2, 1, 8, 10, 10, 0, 2, 9, 24, 192, 168, 7, 0, 0, 0, 0];
  const lease = leaseOf(
    ack([
      [DhcpOption.router, [10, 0, 2, 2]],
      [DhcpOption.classlessRoutes, classless],
    ]),
  );
  expect(lease?.routes).toEqual([
    { destination: "0.0.0.0/0", gateway: "10.0.2.1" },
    { destination: "10.0.0.0/8", gateway: "10.0.2.9" },
    { destination: "192.168.7.0/24", gateway: undefined },
  ]);
});

test("nonsense in options is left out, not passed on", () => {
  const lease = leaseOf(
    ack([
      [DhcpOption.subnetMask, [255, 0, 255, 0]],
      [DhcpOption.hostname, [...Buffer.from("a b\n$(reboot)")]],
      [DhcpOption.mtu, [0, 20]],
      [DhcpOption.leaseTime, [0, 0, 0, 1]],
    ]),
  );
  expect(lease).toMatchObject({
    prefixLength: 8,
    hostname: undefined,
    mtu: undefined,
    leaseSeconds: 5,
    renewSeconds: 5,
  });
  expect(leaseOf({ ...ack([]), yourAddress: "0.0.0.0" })).toBeUndefined();
});

test("search domains are read with their pointers, and circles end", () => {
  const bytes = Buffer.from("\x03eng\x05apple\x03com\0\x09marketing\xc0\x04", "latin1");
  expect(decodeSearchList(bytes)).toEqual(["eng.apple.com", "marketing.apple.com"]);
  expect(decodeSearchList(Buffer.from("\xc0\0", "latin1"))).toEqual([]);
});

test("any bytes are read without failing", () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(bytes, options, (noise, written) => {
      const damaged = encodeDhcpMessage({ ...ack([]), options: written });
      for (const [index, byte] of noise.entries()) if (byte > 200) damaged[index * 2] = byte;
      const read = decodeDhcpMessage(damaged);
      const lease = read === undefined ? undefined : leaseOf(read);
      expect(lease?.prefixLength ?? 0).toBeLessThanOrEqual(32);
      expect(lease?.renewSeconds ?? 5).toBeGreaterThanOrEqual(5);
      expect(decodeSearchList(noise).length).toBeLessThanOrEqual(32);
      decodePacket(noise);
      decodeOptions(noise);
    }),
    { numRuns: fuzzCases(500) },
  );
});
