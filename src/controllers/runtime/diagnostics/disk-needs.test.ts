import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Document } from "../../../resources/fields/struct.ts";
import { type DiskUsers, type Shortage, type Space, shortageOf } from "./disk-needs.ts";

const mib = 2 ** 20;
const gib = 2 ** 30;

const disk = (sizeBytes: number, availableBytes: number): Space => ({
  ...{ sizeBytes, availableBytes, files: 1_000, freeFiles: 1_000 },
});
const nobody: DiskUsers = { etcd: false, kubelet: undefined };
const worker: DiskUsers = { etcd: false, kubelet: {} };
const controlPlane: DiskUsers = { etcd: true, kubelet: {} };

describe("a disk has too little left", () => {
  test.each<[string, Space, DiskUsers, Shortage | undefined]>([
    ["a kubelet's images leave 15 % by default", disk(100 * gib, 15 * gib), worker, undefined],
    ["and with less it is under pressure", disk(100 * gib, 14.9 * gib), worker, "pressed"],
    ["a large disk is not full for that", disk(4_000 * gib, 300 * gib), controlPlane, "pressed"],
    ["nor without a kubelet", disk(4_000 * gib, 300 * gib), nobody, undefined],
    ["etcd needs the next piece of its log", disk(100 * gib, 63 * mib), controlPlane, "full"],
    ["a small disk that is all but empty is right", disk(60 * mib, 55 * mib), worker, undefined],
    ["until it is used", disk(60 * mib, 8 * mib), worker, "pressed"],
    ["and full", disk(60 * mib, mib), worker, "full"],
    ["one that etcd does not fit on is too small", disk(60 * mib, 55 * mib), controlPlane, "full"],
    ["no more files", { ...disk(100 * gib, 50 * gib), freeFiles: 0 }, nobody, "full"],
    ["few files are the kubelet's matter", { ...disk(100 * gib, 50 * gib), freeFiles: 49 }, worker, "pressed"],
    ["some file systems count none", { ...disk(100 * gib, 50 * gib), files: 0, freeFiles: 0 }, worker, undefined],
  ])("%s", (_, space, users, expected) => expect(shortageOf(space, users)).toBe(expected));

  test.each<[string, Document, Shortage | undefined]>([
    ["own thresholds count, and no others", { evictionHard: { "memory.available": "100Mi" } }, undefined],
    ["a part of it", { evictionHard: { "nodefs.available": "6%" } }, "pressed"],
    ["an amount", { evictionHard: { "imagefs.available": "4Gi" } }, undefined],
    ["a larger one", { evictionHard: { "imagefs.available": "6Gi" } }, "pressed"],
    ["beside the usual", { evictionHard: { "nodefs.available": "1%" }, mergeDefaultEvictionSettings: true }, "pressed"],
    ["nonsense is the kubelet's to refuse", { evictionHard: { "nodefs.available": "much" } }, undefined],
  ])("by the kubelet's configuration: %s", (_, kubelet, expected) =>
    expect(shortageOf(disk(100 * gib, 5 * gib), { etcd: true, kubelet })).toBe(expected),
  );
});

/** From a tiny file system to a petabyte. */
const sizes = fc.integer({ min: 20, max: 50 }).chain((power) => fc.integer({ min: 2 ** power, max: 2 ** (power + 1) }));
const users = fc.record<DiskUsers>({
  etcd: fc.boolean(),
  kubelet: fc.option(
    fc.record({
      evictionHard: fc.dictionary(
        fc.constantFrom("nodefs.available", "imagefs.available", "imagefs.inodesFree"),
        fc.oneof(
          fc.nat(40).map((part) => `${part}%`),
          fc.nat(9_000).map((amount) => `${amount}Mi`),
        ),
      ),
    }),
    { nil: undefined },
  ),
});
const gravity = (shortage: Shortage | undefined) => (shortage === "full" ? 2 : shortage === "pressed" ? 1 : 0);

test("more space is never worse, on any disk", () => {
  fc.assert(
    fc.property(sizes, users, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (size, who, part, more) => {
      const available = Math.floor(size * part);
      const shortage = shortageOf(disk(size, available), who);
      expect(gravity(shortageOf(disk(size, available + more), who))).toBeLessThanOrEqual(gravity(shortage));
    }),
  );
});

test("an empty disk of whatever size is right for a machine without etcd, a full one for nobody", () => {
  fc.assert(
    fc.property(sizes, users, (size, { kubelet, etcd }) => {
      const usual = kubelet === undefined ? undefined : {};
      expect(shortageOf(disk(size, size), { etcd: false, kubelet: usual })).toBeUndefined();
      expect(shortageOf(disk(size, 0), { etcd, kubelet })).toBe("full");
    }),
  );
});

test("what comes and goes around a threshold is told once", () => {
  fc.assert(
    fc.property(sizes, users, fc.double({ min: 0, max: 1, noNaN: true }), (size, who, part) => {
      const available = Math.floor(size * part);
      const before = shortageOf(disk(size, available), who);
      if (before !== undefined) {
        expect(gravity(shortageOf(disk(size, Math.floor(available * 1.01)), who, before))).toBe(gravity(before));
      }
    }),
  );
});
