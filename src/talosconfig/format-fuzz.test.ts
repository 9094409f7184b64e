import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { Failure } from "../errors/failure.ts";
import { credentialsOf } from "./certificate.ts";
import { formatTalosconfig, parseTalosconfig } from "./format.ts";

const good = `context: a\ncontexts:\n    a:\n        endpoints: [10.0.0.2, "::1"]\n        nodes:\n            - n1\n        ca: LS0t\n        crt: LS0t\n        key: LS0t\n    b:\n        endpoints: []\n        auth: {siderov1: {identity: me}}\n`;
const pieces = [
  "&a ",
  "*a",
  "<<: ",
  "!!binary ",
  "? ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  ": ",
  "|\n",
  ">-\n",
  "---\n",
  "\t",
  "\u0000",
  "__proto__: ",
  "null",
  "1e999",
  "'",
  '"',
  "\n  ",
];

/** A good file with a few places cut out, doubled or overwritten. */
const nearlyGood = fc
  .array(fc.tuple(fc.nat(good.length), fc.nat(12), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 }))), {
    maxLength: 5,
  })
  .map((edits) =>
    edits.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), good),
  );

test("a damaged file is read and survives being written, or is refused with its name", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(nearlyGood, fc.string({ unit: "binary" })), (text) => {
      try {
        const config = parseTalosconfig(text, "dir/config");
        expect(parseTalosconfig(formatTalosconfig(config), "again")).toEqual(config);
        read += 1;
        for (const context of config.contexts.values()) credentialsOf(context);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
        expect((thrown as Failure).message).toMatch(/dir\/config|^Cannot read (?:ca|crt|key)/);
      }
    }),
    { numRuns: fuzzCases(400) },
  );
  expect(read).toBeGreaterThan(0);
});
