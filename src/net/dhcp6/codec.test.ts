import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { encodeAssociation, findAssociation } from "./association.ts";
import { Dhcp6MessageType, decodeDhcp6Message, encodeDhcp6Message } from "./message.ts";
import { Dhcp6Option, decodeOptions, encodeOptions } from "./options.ts";
import { readServerWord } from "./reply.ts";
import { answerOf } from "./testing.ts";

const clientId = Uint8Array.of(0, 3, 0, 1, 1, 2, 3, 4, 5, 6);
const options = fc.array(
  fc.record({
    code: fc.nat(0xffff),
    value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
  }),
  { maxLength: 6 },
);
const types = fc.constantFrom(...(Object.keys(Dhcp6MessageType) as (keyof typeof Dhcp6MessageType)[]));
const message = fc.record({ type: types, transaction: fc.nat(0xffffff), options });

test("messages are read as they were written", () => {
  fc.assert(
    fc.property(message, (written) => expect(decodeDhcp6Message(encodeDhcp6Message(written))).toEqual(written)),
  );
});

test("a message is on the wire as the RFC draws it", () => {
  const bytes = encodeDhcp6Message({
    ...{ type: "solicit", transaction: 0x010203 },
    options: [
      { code: Dhcp6Option.clientId, value: clientId },
      encodeAssociation(7, ["2001:db8::15"]),
      { code: Dhcp6Option.rapidCommit, value: new Uint8Array(0) },
    ],
  });
  const drawn = [
    ...["01010203", "0001000a00030001010203040506", "00030028000000070000000000000000"],
    ...["0005001820010db80000000000000000000000150000000000000000", "000e0000"],
  ];
  expect(Buffer.from(bytes).toString("hex")).toBe(drawn.join(""));
});

/** An address of 2001:db8::15 with its lifetimes, in an association of id 7. */
function association(
  renew: number,
  rebind: number,
  preferred: number,
  valid: number,
  more: Uint8Array = new Uint8Array(0),
) {
  const given = encodeAssociation(7, ["2001:db8::15"]).value;
  const view = new DataView(given.buffer, given.byteOffset, given.length);
  for (const [at, value] of [
    [4, renew],
    [8, rebind],
    [32, preferred],
    [36, valid],
  ] as const)
    view.setUint32(at, value);
  return [{ code: Dhcp6Option.association, value: Buffer.concat([given, more]) }];
}

test("an association is found by its id, with its times", () => {
  expect(findAssociation(association(10, 20, 30, 0xffffffff), 7)).toEqual({
    ...{ id: 7, renewSeconds: 10, rebindSeconds: 20, status: "success" },
    addresses: [{ address: "2001:db8::15", preferredSeconds: 30, validSeconds: Number.POSITIVE_INFINITY }],
  });
  expect(findAssociation(association(10, 20, 30, 40), 8)).toBeUndefined();
});

test("times that contradict each other are left out", () => {
  expect(findAssociation(association(30, 20, 30, 40), 7)).toBeUndefined();
  expect(findAssociation(association(10, 20, 50, 40), 7)?.addresses).toEqual([]);
});

test.each([["fe80::1"], ["ff02::1"], ["::1"], ["::"]])("%s is no address to give", (address) => {
  expect(findAssociation([encodeAssociation(7, [address])], 7)?.addresses).toEqual([]);
});

test("a delegated prefix among the options disturbs nothing", () => {
  const prefix = { code: 25, value: Uint8Array.from({ length: 41 }, (_, index) => index) };
  const answer = answerOf({ type: "solicit", transaction: 1, options: [{ code: 1, value: clientId }] }, {});
  const word = readServerWord({ ...answer, options: [prefix, ...answer.options] }, clientId, 7);
  expect(word?.association?.addresses.map(({ address }) => address)).toEqual(["2001:db8::15"]);
});

test("a reply tells names and servers", () => {
  const question = { type: "solicit", transaction: 1, options: [{ code: 1, value: clientId }] } as const;
  const given = answerOf(question, { dns: ["2001:db8::53", "::"] });
  const text = (latin1: string) => Buffer.from(latin1, "latin1");
  const ntp = [
    { code: 1, value: Buffer.from("20010db8000000000000000000000123", "hex") },
    { code: 2, value: Buffer.from("ff020000000000000000000000000101", "hex") },
    { code: 3, value: text("\x04time\x07example\x03org\0") },
  ];
  const word = readServerWord(
    {
      ...given,
      options: [
        ...given.options,
        { code: Dhcp6Option.searchDomains, value: text("\x07example\x03org\0\x03sub\x07example\x03org\0") },
        { code: Dhcp6Option.ntp, value: encodeOptions(ntp) },
        { code: Dhcp6Option.fullName, value: text("\x01\x06node-1\x07example\x03org") },
        { code: Dhcp6Option.solicitMaximum, value: Uint8Array.of(0, 0, 0, 90) },
      ],
    },
    clientId,
    7,
  );
  expect(word).toMatchObject({
    dns: ["2001:db8::53"],
    searchDomains: ["example.org", "sub.example.org"],
    ntp: ["2001:db8::123", "time.example.org"],
    fullName: "node-1.example.org",
    longestRetryMs: 90_000,
  });
});

test("any bytes are read without failing", () => {
  const nearly = fc.tuple(message, fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 8 }), fc.nat(60));
  const damaged = nearly.map(([written, changes, cut]) => {
    const inside = encodeOptions(written.options).subarray(0, 200);
    const own = [
      { code: Dhcp6Option.clientId, value: clientId },
      { code: Dhcp6Option.serverId, value: clientId },
      { code: Dhcp6Option.association, value: Buffer.concat([Uint8Array.of(0, 0, 0, 7), new Uint8Array(8), inside]) },
    ];
    const bytes = encodeDhcp6Message({ ...written, type: "reply", options: [...own, ...written.options] });
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes.subarray(0, bytes.length - cut);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      const read = decodeDhcp6Message(bytes);
      const word = read === undefined ? undefined : readServerWord(read, clientId, 7);
      for (const { address, validSeconds } of word?.association?.addresses ?? []) {
        expect(address).toContain(":");
        expect(validSeconds).toBeGreaterThanOrEqual(0);
      }
      expect(decodeOptions(bytes).length).toBeLessThanOrEqual(bytes.length / 4);
    }),
    { numRuns: fuzzCases(500) },
  );
});
