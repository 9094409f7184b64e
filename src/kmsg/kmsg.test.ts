import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { facilityName, priorityName } from "./names.ts";
import { readKernelLog } from "./reader.ts";
import { parseKmsgRecord } from "./record.ts";
import { KmsgWriter } from "./writer.ts";

const encode = (text: string) => Buffer.from(text, "latin1");

test("a record is read with its prefix, and escaped bytes become text again", () => {
  const record = "30,1207,987654321,-,caller=T1;caf\\xc3\\xa9 a\\x5cb\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n";
  expect(parseKmsgRecord(encode(record))).toEqual({
    facility: 3,
    priority: 6,
    sequence: 1_207,
    timestamp: 987_654_321,
    text: "café a\\b",
  });
});

test("what is no record is none, and any bytes are read without failing", () => {
  expect(parseKmsgRecord(encode("6,1,2,-"))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const record = parseKmsgRecord(Buffer.concat([encode("6,1,2,-;"), bytes]));
      expect(record?.sequence).toBe(1);
      expect(parseKmsgRecord(bytes)?.priority ?? 0).toBeLessThan(8);
    }),
  );
});

test("what is written to the kernel's log comes out of it, also while following", async () => {
  const word = `kmsg-test-${process.pid}-${Math.random()}`;
  const controller = new AbortController();
  const followed = (async () => {
    for await (const record of readKernelLog({ follow: true, signal: controller.signal })) {
      if (record.text.endsWith(`${word} é`)) return record;
    }
    return undefined;
  })();
  using writer = new KmsgWriter();
  writer.write("warning", `[test] ${word} é`);
  expect(await followed).toMatchObject({ facility: 3, priority: 4, text: `[test] ${word} é` });
  controller.abort();
  const all = await Array.fromAsync(readKernelLog());
  expect(all.some(({ text }) => text.includes(word))).toBe(true);
  const isOrdered = all.every(({ sequence }, index) => sequence > (all[index - 1]?.sequence ?? -1));
  expect(isOrdered).toBe(true);
});

test("with tail only new records come, and aborting ends the reading", async () => {
  const controller = new AbortController();
  const reading = readKernelLog({ follow: true, tail: true, signal: controller.signal });
  const first = reading.next();
  const word = `kmsg-tail-${Math.random()}`;
  using writer = new KmsgWriter();
  writer.write("info", word);
  expect((await first).value?.text).toBe(word);
  const next = reading.next();
  controller.abort();
  expect((await next).done).toBe(true);
});

test("lines become records, long ones in pieces that never cut a character", () => {
  const directory = mkdtempSync(join(tmpdir(), "kmsg-"));
  const path = join(directory, "log");
  writeFileSync(path, "");
  using writer = new KmsgWriter(path);
  const long = "é".repeat(1_200);
  writer.write("error", `first\n\n${long}`);
  const records = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(records[0]).toBe("<27>first");
  expect(records.every((record) => Buffer.byteLength(record) < 1_024)).toBe(true);
  const pieces = records.slice(1).map((record) => record.replace("<27>", ""));
  expect(pieces.join("")).toBe(long);
  rmSync(directory, { recursive: true });
});

test("facilities and priorities have names where they have any", () => {
  expect([0, 11, 12, 15, 16, 23, 24].map(facilityName)).toEqual(["kern", "ftp", "12", "15", "local0", "local7", "24"]);
  expect([0, 7, 8].map(priorityName)).toEqual(["emerg", "debug", "8"]);
});

test("an empty file in the log's place is followed without work, until the signal", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "kmsg-")), "kmsg");
  writeFileSync(path, "");
  expect(await Array.fromAsync(readKernelLog({ path }))).toEqual([]);
  const before = process.cpuUsage().user;
  expect(await Array.fromAsync(readKernelLog({ path, follow: true, signal: AbortSignal.timeout(600) }))).toEqual([]);
  expect(process.cpuUsage().user - before).toBeLessThan(300_000);
  rmSync(path);
});
