import { expect, test } from "bun:test";
import fc from "fast-check";
import { machine } from "./index.ts";
import { signed, toBigInt, toNumber, unsigned } from "./int64.ts";

test("any unsigned 64-bit id survives the wire", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
      const bytes = machine.EtcdRemoveMemberByIDRequest.encode({ member_id: unsigned(id) }).finish();
      expect(toBigInt(machine.EtcdRemoveMemberByIDRequest.decode(bytes).member_id)).toBe(id);
    }),
  );
});

test("any signed 64-bit integer survives the wire, and safe ones are numbers", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (size) => {
      const bytes = machine.FileInfo.encode({ size: signed(BigInt(size)) }).finish();
      expect(toNumber(machine.FileInfo.decode(bytes).size)).toBe(size === 0 ? 0 : size);
    }),
  );
});
