import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { claim, isClaimed, release } from "./claim.ts";
import { contentsOf } from "./contents.ts";
import { openDevice } from "./device.ts";
import { encodeTable } from "./gpt/encode.ts";
import { layOut, type WantedPartition } from "./gpt/layout.ts";

const directory = mkdtempSync(join(tmpdir(), "contents-"));
afterAll(() => rmSync(directory, { recursive: true }));

const mebibyte = 1_024 * 1_024;
const sizeBytes = 8 * mebibyte;

function makeImage(size = sizeBytes): string {
  const path = join(directory, "image");
  writeFileSync(path, "");
  truncateSync(path, size);
  return path;
}

function write(path: string, offset: number, bytes: Uint8Array): void {
  using device = openDevice(path, { writable: true });
  device.writeAt(offset, bytes);
}

function divide(path: string, wanted: readonly WantedPartition[]): void {
  for (const { offsetBytes, bytes } of encodeTable(layOut({ sectors: sizeBytes / 512, sectorBytes: 512 }, wanted))) {
    write(path, offsetBytes, bytes);
  }
}

test("one byte at either end makes a disk somebody's", () => {
  const path = makeImage();
  expect(contentsOf(path)).toEqual({ kind: "blank" });
  fc.assert(
    fc.property(fc.nat(mebibyte - 1), fc.boolean(), fc.integer({ min: 1, max: 255 }), (at, atEnd, byte) => {
      const offset = atEnd ? sizeBytes - 1 - at : at;
      write(path, offset, Uint8Array.of(byte));
      expect(contentsOf(path).kind).toBe("used");
      write(path, offset, Uint8Array.of(0));
    }),
    { numRuns: 30 },
  );
  expect(contentsOf(path)).toEqual({ kind: "blank" });
  expect(contentsOf(makeImage(0)).kind).toBe("used");
});

test("what a disk holds is said in words", () => {
  const by = (path: string) => contentsOf(path);
  const path = makeImage();
  write(path, 510, Uint8Array.of(0x55, 0xaa));
  expect(by(path)).toEqual({ kind: "used", by: "a partition table of the old kind" });
  write(path, 1_080, Uint8Array.of(0x53, 0xef));
  expect(by(path)).toEqual({ kind: "used", by: "ext4" });
  write(path, 1_144, Buffer.from("data"));
  expect(by(path)).toEqual({ kind: "used", by: 'ext4 called "data"' });
  divide(path, []);
  expect(by(path)).toEqual({ kind: "used", by: "an empty partition table" });
  divide(path, [
    { name: "EFI", sizeBytes: mebibyte },
    { name: "", sizeBytes: mebibyte },
  ]);
  expect(by(path)).toEqual({ kind: "used", by: "the partitions EFI, number 2" });
});

test("a claim holds whatever else is written, until it is released", () => {
  const path = makeImage();
  using device = openDevice(path, { writable: true });
  claim(device);
  expect(contentsOf(path)).toEqual({ kind: "claimed" });
  divide(path, [{ name: "STATE", sizeBytes: "rest" }]);
  expect(contentsOf(path)).toEqual({ kind: "claimed" });
  release(device);
  expect(contentsOf(path)).toEqual({ kind: "used", by: "the partitions STATE" });
});

test("the claim of a disk of another size is not ours", () => {
  const path = makeImage();
  {
    using device = openDevice(path, { writable: true });
    claim(device);
  }
  truncateSync(path, sizeBytes * 2);
  using device = openDevice(path);
  expect(isClaimed(device)).toBe(false);
});

test("a device that is not there is an error that names it", () => {
  const path = join(directory, "none");
  expect(() => openDevice(path)).toThrow(`Cannot open "${path}": ENOENT`);
});
