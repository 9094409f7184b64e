import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { decodePem, encodePem, pemBlock } from "./pem.ts";

test("blocks survive the way through the text, with anything around them", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 500 });
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const text = `subject=/O=talos\n${encodePem("CERTIFICATE", first)}\n${encodePem("ED25519 PRIVATE KEY", second)}end`;
      expect(decodePem(text).map(({ label, bytes }) => [label, [...bytes]])).toEqual([
        ["CERTIFICATE", [...first]],
        ["ED25519 PRIVATE KEY", [...second]],
      ]);
    }),
  );
});

test("a missing block is named, with what was there", () => {
  expect(() => pemBlock(encodePem("CERTIFICATE", Uint8Array.of(1)), "CERTIFICATE REQUEST")).toThrow(
    'Cannot read PEM: expected "CERTIFICATE REQUEST", found "CERTIFICATE"',
  );
  expect(() => pemBlock("", "CERTIFICATE")).toThrow("found no PEM block");
});

test.each([
  ["-----BEGIN A-----\nAAAA\n-----END B-----", '"A" ends as "B"'],
  ["-----BEGIN A-----\n!!!!\n-----END A-----", "not base64"],
  ["-----BEGIN A-----\nAAA\n-----END A-----", "not base64"],
  ["x".repeat(2 ** 20 + 1), "larger than"],
])("a broken block is refused", (text, message) => {
  expect(() => decodePem(text)).toThrow(message);
});

test("mangled text either decodes or fails as a Failure", () => {
  const pem = encodePem("CERTIFICATE", new Uint8Array(90));
  fc.assert(
    fc.property(fc.nat(pem.length), fc.string({ maxLength: 8 }), (at, noise) => {
      try {
        decodePem(pem.slice(0, at) + noise + pem.slice(at + noise.length));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 1_000 },
  );
});
