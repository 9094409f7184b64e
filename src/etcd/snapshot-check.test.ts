import { expect, test } from "bun:test";
import fc from "fast-check";
import { SnapshotCheck } from "./snapshot-check.ts";

const snapshotOf = (database: Uint8Array): Uint8Array =>
  Buffer.concat([database, new Bun.CryptoHasher("sha256").update(database).digest()]);

const inPieces = (bytes: Uint8Array, length: number): SnapshotCheck => {
  const check = new SnapshotCheck();
  for (let at = 0; at < bytes.length; at += length) check.push(bytes.subarray(at, at + length));
  return check;
};

const pages = fc.integer({ min: 0, max: 4 }).chain((count) => {
  const length = count * 512;
  return fc.uint8Array({ minLength: length, maxLength: length });
});

test("a snapshot is whole however it comes, and one flipped bit is found", () => {
  fc.assert(
    fc.property(pages, fc.integer({ min: 1, max: 700 }), fc.nat(), (database, length, at) => {
      const snapshot = snapshotOf(database);
      const check = inPieces(snapshot, length);
      expect(check.problem()).toBeUndefined();
      expect(check.bytes).toBe(snapshot.length);
      const position = at % snapshot.length;
      snapshot[position] = (snapshot[position] ?? 0) ^ 1;
      expect(inPieces(snapshot, length).problem()).toContain("its hash does not fit");
    }),
  );
});

test("a bare database is told from a snapshot", () => {
  expect(inPieces(new Uint8Array(1_024), 100).problem()).toContain("no hash at its end");
  expect(new SnapshotCheck().problem()).toContain("no hash at its end");
});
