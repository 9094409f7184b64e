import { expect, test } from "bun:test";
import fc from "fast-check";
import { addressFromBytes, addressToBytes } from "./address.ts";

test("addresses are their bytes", () => {
  expect(addressToBytes("10.0.2.15")).toEqual(Uint8Array.of(10, 0, 2, 15));
  expect(addressFromBytes(addressToBytes("FE80:0:0:0:0:0:0:1%eth0"))).toBe("fe80::1%eth0");
  expect(() => addressToBytes("10.0.0.300")).toThrow('Cannot parse "10.0.0.300": not an address');
  for (const loose of ["1.2.3", "010.0.0.1", "0x7f000001", "1"]) {
    expect(() => addressToBytes(loose)).toThrow(`Cannot parse "${loose}": not an address`);
  }
  expect(() => addressFromBytes(new Uint8Array(5))).toThrow("it has 5 bytes");
});

test("every address survives", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, (address) => expect(addressToBytes(addressFromBytes(address))).toEqual(address)));
});
