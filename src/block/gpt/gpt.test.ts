import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decodeTable, type ReadAt } from "./decode.ts";
import { encodeTable } from "./encode.ts";
import { decodeGuid, encodeGuid, partitionTypes } from "./guid.ts";
import { alignmentBytes, layOut } from "./layout.ts";
import { type DiskGeometry, entryCount, type PartitionTable, type TablePartition, usableSectors } from "./table.ts";

const mebibyte = 1_024 * 1_024;
const directory = mkdtempSync(join(tmpdir(), "gpt-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** A small disk in memory. */
function diskWith(table: PartitionTable): Uint8Array {
  const disk = new Uint8Array(table.sectors * table.sectorBytes);
  for (const { offsetBytes, bytes } of encodeTable(table)) disk.set(bytes, offsetBytes);
  return disk;
}

const readFrom =
  (disk: Uint8Array): ReadAt =>
  (offset, length) =>
    disk.subarray(offset, offset + length);

const guid = fc.uuid().map((text) => text.toLowerCase());
const geometry: fc.Arbitrary<DiskGeometry> = fc
  .record({ sectors: fc.integer({ min: 80, max: 2_000 }), sectorBytes: fc.constantFrom(512, 4_096) })
  .filter((one) => usableSectors(one).first <= usableSectors(one).last);

/** Any table: partitions anywhere, in any order, of any name. */
const anyTable = geometry.chain((one) => {
  const { first, last } = usableSectors(one);
  const boundaries = fc.uniqueArray(fc.integer({ min: first, max: last + 1 }), { maxLength: 20 });
  return fc
    .record({
      boundaries: boundaries.map((all) => all.sort((a, b) => a - b)),
      numbers: fc.shuffledSubarray([1, 2, 3, 5, 8, 13, 21, 34, 55, entryCount], { minLength: 10 }),
      guids: fc.array(guid, { minLength: 11, maxLength: 11 }),
      names: fc.array(
        fc.string({ maxLength: 36 }).filter((name) => !name.includes("\0")),
        { minLength: 10, maxLength: 10 },
      ),
      attributes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    })
    .map(({ boundaries: at, numbers, guids, names, attributes }): PartitionTable => {
      const partitions: TablePartition[] = [];
      for (let index = 0; index + 1 < at.length; index += 2) {
        partitions.push({
          number: numbers[index / 2] ?? 1,
          type: partitionTypes.linuxFilesystem,
          guid: guids[index / 2] ?? "",
          name: names[index / 2] ?? "",
          firstSector: at[index] ?? 0,
          lastSector: (at[index + 1] ?? 0) - 1,
          attributes,
        });
      }
      partitions.sort((a, b) => a.number - b.number);
      return { ...one, diskGuid: guids[10] ?? "", firstUsable: first, lastUsable: last, partitions };
    });
});

const wanted = [
  { name: "META", sizeBytes: mebibyte },
  { name: "STATE", sizeBytes: 100 * mebibyte },
  { name: "EPHEMERAL", sizeBytes: "rest" },
] as const;
const bigDisk = { sectors: 8_388_608 + 5, sectorBytes: 512 };

test("what is written is read back", () => {
  fc.assert(
    fc.property(anyTable, (table) => {
      expect(decodeTable(readFrom(diskWith(table)), table)).toEqual({ ...table, source: "primary" });
    }),
    { numRuns: 200 },
  );
});

test("a damaged copy gives way to the other; with both damaged there is no table", () => {
  fc.assert(
    fc.property(anyTable, fc.nat(91), fc.nat(91), fc.integer({ min: 1, max: 255 }), (table, first, last, change) => {
      const disk = diskWith(table);
      const damage = (offset: number) => {
        disk[offset] = (disk[offset] ?? 0) ^ change;
      };
      damage(table.sectorBytes + first);
      expect(decodeTable(readFrom(disk), table)).toEqual({ ...table, source: "backup" });
      damage((table.sectors - 1) * table.sectorBytes + last);
      expect(decodeTable(readFrom(disk), table)).toBeUndefined();
    }),
  );
});

test("any bytes are read without failing, headers with a right checksum among them", () => {
  const table = layOut({ sectors: 8_192, sectorBytes: 512 }, [{ name: "one", sizeBytes: "rest" }]);
  const [, , , header] = encodeTable(table);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 4_096 }),
      fc.array(fc.tuple(fc.integer({ min: 20, max: 91 }), fc.nat(255)), { maxLength: 6 }),
      (noise, changes) => {
        const disk = diskWith(table);
        disk.set(noise, 1_024);
        const changed = Uint8Array.from(header?.bytes ?? []);
        for (const [offset, value] of changes) changed[offset] = value;
        changed.fill(0, 16, 20);
        new DataView(changed.buffer).setUint32(16, Bun.hash.crc32(changed.subarray(0, 92)), true);
        disk.set(changed, 512);
        const found = decodeTable(readFrom(disk), table);
        for (const { firstSector, lastSector } of found?.partitions ?? []) {
          expect(firstSector).toBeLessThanOrEqual(lastSector);
          expect(lastSector).toBeLessThan(table.sectors);
        }
        expect(decodeTable(readFrom(noise), { sectors: noise.length >> 9, sectorBytes: 512 })).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});

test("a GUID's first groups are little-endian", () => {
  expect(Buffer.from(encodeGuid(partitionTypes.linuxFilesystem)).toString("hex")).toBe(
    "af3dc60f838472478e793d69d8477de4",
  );
  fc.assert(fc.property(guid, (text) => expect(decodeGuid(encodeGuid(text))).toBe(text)));
  expect(() => encodeGuid("0fc63daf")).toThrow('Cannot read the GUID "0fc63daf"');
});

test("partitions are laid out at mebibytes, and the last takes the rest", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 104, max: 100_000 }),
      fc.nat(4_095),
      fc.constantFrom(512, 4_096),
      (mib, odd, size) => {
        const disk = { sectors: (mib * mebibyte) / size + odd, sectorBytes: size };
        const { partitions, lastUsable } = layOut(disk, wanted);
        let end = mebibyte;
        for (const { firstSector, lastSector } of partitions) {
          expect(firstSector * size).toBe(end);
          end = (lastSector + 1) * size;
          expect(end % alignmentBytes).toBe(0);
        }
        expect(partitions.map(({ name }) => name)).toEqual(["META", "STATE", "EPHEMERAL"]);
        expect((lastUsable + 1) * size - end).toBeLessThan(alignmentBytes);
      },
    ),
  );
  expect(() => layOut({ sectors: 200_000, sectorBytes: 512 }, wanted)).toThrow("Cannot make the partition STATE");
});

test("what cannot be a table is refused", () => {
  const table = layOut(bigDisk, wanted);
  const [meta, state] = table.partitions;
  if (meta === undefined || state === undefined) throw new Error("partitions were laid out");
  const refused = (...partitions: TablePartition[]) => expect(() => encodeTable({ ...table, partitions })).toThrow();
  refused(meta, { ...state, firstSector: meta.lastSector });
  refused(meta, { ...state, number: 1 });
  refused({ ...meta, number: 129 });
  refused({ ...meta, name: "x".repeat(37) });
  refused({ ...meta, lastSector: table.lastUsable + 1 });
  refused({ ...meta, type: "00000000-0000-0000-0000-000000000000" });
});

/** The same table, judged by those who have always written them. Where they are not installed nothing is judged. */
describe("against other tools", () => {
  const image = join(directory, "image");
  const run = (...argv: string[]) => Bun.spawnSync(argv, { stdin: "ignore", stderr: "pipe", stdout: "pipe" });
  const readImage: ReadAt = (offset, length) => {
    const file = openSync(image, "r");
    const bytes = new Uint8Array(length);
    const size = readSync(file, bytes, 0, length, offset);
    closeSync(file);
    return bytes.subarray(0, size);
  };

  test.if(Bun.which("sfdisk") !== null)("sfdisk reads ours without a complaint", () => {
    const table = layOut(bigDisk, wanted);
    const file = openSync(image, "w");
    for (const { offsetBytes, bytes } of encodeTable(table)) writeSync(file, bytes, 0, bytes.length, offsetBytes);
    closeSync(file);
    truncateSync(image, bigDisk.sectors * 512);
    expect(run("sfdisk", "--verify", image).stdout.toString()).toContain("No errors detected");
    const { partitiontable: read } = JSON.parse(run("sfdisk", "--json", image).stdout.toString());
    expect(read).toMatchObject({ label: "gpt", id: table.diskGuid.toUpperCase(), lastlba: table.lastUsable });
    for (const [index, { name, guid: own, firstSector, lastSector }] of table.partitions.entries()) {
      expect(read.partitions[index]).toMatchObject({
        ...{ name, uuid: own.toUpperCase(), start: firstSector, size: lastSector - firstSector + 1 },
        type: partitionTypes.linuxFilesystem.toUpperCase(),
      });
    }
  });

  test.if(Bun.which("sfdisk") !== null)("we read sfdisk's, and write the same bytes", () => {
    rmSync(image, { force: true });
    closeSync(openSync(image, "w"));
    truncateSync(image, bigDisk.sectors * 512);
    const script = "label: gpt\nsize=1MiB, name=META\nsize=100MiB, name=STATE\nsize=3000MiB, name=EPHEMERAL\n";
    const made = Bun.spawnSync(["sfdisk", "--quiet", image], { stdin: Buffer.from(script), stderr: "pipe" });
    expect(made.stderr.toString()).toBe("");
    const found = decodeTable(readImage, bigDisk);
    expect(found?.partitions.map(({ name }) => name)).toEqual(["META", "STATE", "EPHEMERAL"]);
    if (found === undefined) throw new Error("there is a table");
    // Sectors of the old record's places differ by taste; everything else must be the same.
    for (const { offsetBytes, bytes } of encodeTable(found).slice(0, 4)) {
      expect(Buffer.from(readImage(offsetBytes, bytes.length)).equals(bytes)).toBe(true);
    }
  });

  test.if(Bun.which("parted") !== null)("parted reads ours without a complaint", () => {
    const table = layOut(bigDisk, wanted);
    const file = openSync(image, "w");
    for (const { offsetBytes, bytes } of encodeTable(table)) writeSync(file, bytes, 0, bytes.length, offsetBytes);
    closeSync(file);
    truncateSync(image, bigDisk.sectors * 512);
    const { stdout, stderr } = run("parted", "--script", "--machine", image, "unit", "s", "print");
    expect(stderr.toString()).toBe("");
    for (const { number, name, firstSector, lastSector } of table.partitions) {
      const sectors = lastSector - firstSector + 1;
      expect(stdout.toString()).toContain(`${number}:${firstSector}s:${lastSector}s:${sectors}s::${name}:`);
    }
  });
});
