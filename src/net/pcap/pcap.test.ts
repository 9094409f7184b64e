import { expect, test } from "bun:test";
import { dirname } from "node:path";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { unpackedProgram } from "../../../test/support/unpacked-program.ts";
import { encodeFileHeader, encodePackets, LinkType } from "./file.ts";
import { PcapReader } from "./reader.ts";

const packets = fc.array(
  fc
    .record({
      seconds: fc.nat(),
      microseconds: fc.nat(999_999),
      bytes: fc.uint8Array({ maxLength: 60 }),
      more: fc.nat(100),
    })
    .map(({ seconds, microseconds, bytes, more }) => ({
      ...{ seconds, nanoseconds: microseconds * 1_000, wireLength: bytes.length + more, bytes },
    })),
);

test("packets are read as they were written, wherever the stream is cut", () => {
  const property = fc.property(packets, fc.nat(70), (written, cut) => {
    const file = Buffer.concat([encodeFileHeader(LinkType.raw, 100), encodePackets(written)]);
    const reader = new PcapReader();
    const read = [];
    for (let at = 0; at < file.length; at += cut + 1) read.push(...reader.push(file.subarray(at, at + cut + 1)));
    expect(read.map((packet) => ({ ...packet, bytes: new Uint8Array(packet.bytes) }))).toEqual(written);
    expect(reader.linkType).toBe(LinkType.raw);
  });
  fc.assert(property, { numRuns: fuzzCases(100) });
});

test("a file of the other order of bytes, with nanoseconds, is read too", () => {
  const file = Buffer.alloc(24 + 16 + 1);
  file.writeUInt32BE(0xa1b23c4d, 0);
  file.writeUInt32BE(1, 20);
  for (const [index, value] of [7, 5, 1, 9].entries()) file.writeUInt32BE(value, 24 + index * 4);
  const [packet] = new PcapReader().push(file);
  expect(packet).toMatchObject({ seconds: 7, nanoseconds: 5, wireLength: 9, bytes: Buffer.of(0) });
});

test("noise is refused, or read to its end", () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([encodeFileHeader(1, 1), bytes])),
  );
  const property = fc.property(noise, (bytes) => {
    try {
      for (const packet of new PcapReader().push(bytes)) expect(packet.bytes.length).toBeLessThan(bytes.length);
    } catch (thrown) {
      expect(String(thrown)).toContain("Cannot read the capture");
    }
  });
  fc.assert(property, { numRuns: fuzzCases(500) });
});

test("tcpdump understands what we write", async () => {
  const tcpdump = await unpackedProgram("tcpdump", "usr/bin/tcpdump");
  const library = dirname(
    await unpackedProgram(
      "libpcap0.8",
      `usr/lib/${process.arch === "x64" ? "x86_64" : "aarch64"}-linux-gnu/libpcap.so.0.8`,
    ),
  );
  const bytes = Buffer.from(
    "45000020000140004011f6bc7f0000017f000001c350000900 0cfe1b68656c6c".replaceAll(" ", ""),
    "hex",
  );
  const packet = { seconds: 86_400, nanoseconds: 123_456_000, wireLength: 32, bytes };
  const child = Bun.spawn([tcpdump, "-n", "-t", "-r", "-"], {
    stdin: Buffer.concat([encodeFileHeader(LinkType.raw, 31), encodePackets([packet, packet])]),
    env: { ...process.env, LD_LIBRARY_PATH: library },
    stdout: "pipe",
    stderr: "pipe",
  });
  const line = "IP 127.0.0.1.50000 > 127.0.0.1.9: UDP, length 4\n";
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual([
    line + line,
    expect.stringContaining("RAW (Raw IP)"),
  ]);
});
