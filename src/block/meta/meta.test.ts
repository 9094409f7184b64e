import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { type BlockDevice, openDevice } from "../device.ts";
import { readMeta, writeMeta } from "./partition.ts";
import { decodeMeta, encodeMeta, metaCopyBytes } from "./values.ts";

const directory = mkdtempSync(join(tmpdir(), "meta-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made = 0;
function partition(content: Uint8Array = new Uint8Array(1_024 * 1_024)): BlockDevice {
  const path = join(directory, `partition-${made++}`);
  writeFileSync(path, content);
  return openDevice(path, { writable: true });
}

const text = (value: string) => new TextEncoder().encode(value);

test("the layout is the reference's", () => {
  const copy = encodeMeta(new Map([[0x0a, text("abc")]]));
  expect(copy.subarray(0, 19).toHex()).toBe(`5a4b3c2d${"0000000a"}${"00000003"}${"616263"}${"00000000"}`);
  expect(copy.subarray(-4).toHex()).toBe("a5b4c3d2");
  const blank = copy.slice();
  blank.fill(0, -36, -4);
  expect(copy.subarray(-36, -4).toHex()).toBe(createHash("sha256").update(blank).digest("hex"));
});

test("what is written is read", () => {
  const values = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 200 })), {
    selector: ([tag]) => tag,
    maxLength: 6,
  });
  fc.assert(
    fc.property(values, (entries) => {
      const read = decodeMeta(encodeMeta(new Map(entries)));
      expect([...(read ?? [])]).toEqual(entries.toSorted(([left], [right]) => left - right));
    }),
    { numRuns: fuzzCases(20) },
  );
});

test("a damaged copy holds nothing, wherever the damage is", () => {
  const whole = encodeMeta(new Map([[7, text("image")]]));
  fc.assert(
    fc.property(fc.nat(metaCopyBytes - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const copy = whole.slice();
      copy[at] = (copy[at] ?? 0) ^ change;
      expect(decodeMeta(copy)).toBeUndefined();
    }),
    { numRuns: fuzzCases(20) },
  );
});

test("records that lead out of a copy are damage, too", () => {
  const copy = encodeMeta(new Map([[7, text("image")]]));
  new DataView(copy.buffer).setUint32(8, metaCopyBytes);
  copy.fill(0, -36, -4);
  copy.set(createHash("sha256").update(copy).digest(), metaCopyBytes - 36);
  expect(decodeMeta(copy)).toBeUndefined();
});

test("there is room for so much, and more is refused", () => {
  const most = metaCopyBytes - 40 - 8;
  expect(decodeMeta(encodeMeta(new Map([[1, new Uint8Array(most)]])))?.get(1)).toHaveLength(most);
  expect(() => encodeMeta(new Map([[1, new Uint8Array(most + 1)]]))).toThrow("Cannot store META's values");
});

test("a blank partition holds nothing; either copy is enough", () => {
  using device = partition();
  expect(readMeta(device)).toBeUndefined();
  writeMeta(device, new Map([[9, text("one")]]));
  for (const offset of [0, metaCopyBytes]) {
    using damaged = partition(device.readAt(0, device.sizeBytes));
    damaged.writeAt(offset + 100, text("noise"));
    expect(readMeta(damaged)?.get(9)).toEqual(text("one"));
  }
});

test("a power cut at any write leaves the old values or the new ones, whichever copy was damaged before", () => {
  for (const damagedAt of [undefined, 0, metaCopyBytes]) {
    for (const writesDone of [0, 1, 2]) {
      using device = partition();
      writeMeta(device, new Map([[9, text("old")]]));
      if (damagedAt !== undefined) device.writeAt(damagedAt + 100, text("noise"));
      cutAfter(device, writesDone);
      const value = new TextDecoder().decode(readMeta(device)?.get(9));
      expect(["old", "new"]).toContain(value);
      if (writesDone === 2) expect(value).toBe("new");
    }
  }
});

/** Writes new values, and loses the power in the middle of the write after so many. */
function cutAfter(device: BlockDevice, writes: number): void {
  let left = writes;
  const failing: BlockDevice = {
    ...device,
    writeAt(offset, bytes) {
      if (left-- > 0) return device.writeAt(offset, bytes);
      device.writeAt(offset, bytes.subarray(0, bytes.length / 2));
      // Half of the new one is the same zeros as half of the old one.
      device.writeAt(offset + bytes.length - 40, text("torn"));
      throw new Error("power cut");
    },
    [Symbol.dispose]: () => {},
  };
  try {
    writeMeta(failing, new Map([[9, text("new")]]));
  } catch (thrown) {
    expect(thrown).toMatchObject({ message: "power cut" });
  }
}
