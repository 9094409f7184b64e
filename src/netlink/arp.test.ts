import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { cLayout } from "../linux/testing/c-headers.ts";
import { arpPacket, decodeArp, encodeArpRequest } from "./arp.ts";

const address = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
const hardware = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Uint8Array.from(bytes));

test("struct ether_arp has the members where we read and write them", () => {
  const head = ["ea_hdr.ar_hrd", "ea_hdr.ar_pro", "ea_hdr.ar_hln", "ea_hdr.ar_pln", "ea_hdr.ar_op"];
  const members = [...head, "arp_sha", "arp_spa", "arp_tha", "arp_tpa"];
  const { offsets, size } = cLayout(["netinet/if_ether.h"], "struct ether_arp", members);
  expect(Object.values(arpPacket.offsets)).toEqual(Object.values(offsets));
  expect(arpPacket.size).toBe(size);
});

test("a question is read as it was asked", () => {
  fc.assert(
    fc.property(hardware, address, address, (senderHardware, senderAddress, targetAddress) => {
      const asked = { senderHardware, senderAddress, targetAddress };
      expect(decodeArp(encodeArpRequest(asked))).toEqual({ operation: "request", ...asked });
    }),
  );
});

test("any bytes are read without failing, and only ARP of Ethernet and IPv4 is something", () => {
  const almost = fc.tuple(fc.nat(7), fc.nat(255)).map(([at, byte]) => {
    const packet = encodeArpRequest({
      ...{ senderHardware: new Uint8Array(6), senderAddress: "0.0.0.0", targetAddress: "192.0.2.1" },
    });
    packet[at] = byte;
    return packet;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), almost), (bytes) => {
      const isArp = Buffer.from(bytes.subarray(0, 6)).toString("hex") === "000108000604" && bytes.length >= 28;
      expect(decodeArp(bytes) !== undefined).toBe(isArp && bytes[6] === 0 && (bytes[7] === 1 || bytes[7] === 2));
    }),
    { numRuns: fuzzCases(300) },
  );
});
