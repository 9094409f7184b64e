import { expect, test } from "bun:test";
import fc from "fast-check";
import { testConfig } from "./testing.ts";
import { readThoroughly, toYaml } from "./yaml.ts";
import { readQuickly } from "./yaml-quick.ts";

test("generated configs are read, with the values and places the library finds", () => {
  for (const text of [testConfig("controlplane", { docs: true }), testConfig("worker")]) {
    expect(readQuickly(text)).toEqual(readThoroughly(text).documents);
  }
});

const pieces =
  "a b: c #,- ,: ,:, #,#,',\",[,],{,},|,|-,>,&a ,*a,!!str ,---\n,...\n,? ,0x1,1.5,-1,~,null,true,\\n,%,@,<<: ,\t,\n,\n  ,\n    ,- - ,[],{},'',\u00a0".split(
    ",",
  );
const samples = [
  "a: 1\nb:\n  - x\n  - y: 2\n    z: [1, 'a', \"b\"]\nc: |\n  hi\n\n  there\nd: {e: f, g: [h]} # i\n---\nk: v # c\n",
  "- a\n- - b\n  - c\n- d: |-\n    x\n\n    y\n  e: 'it''s'\n- {a: b}\n",
  'x: # c\n- 1\n- # d\n  m: 010\ny: ~\nz:\n"w": 10.0.0.1/8\n',
];

const edit = fc.tuple(fc.nat(120), fc.nat(6), fc.constantFrom(...pieces));
const edited = fc
  .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 3 }))
  .map(([sample, edits]) =>
    edits.reduce((left, [at, cut, piece]) => left.slice(0, at) + piece + left.slice(at + cut), sample),
  );
/** A sample with a few pieces put in, or pieces alone. */
const text = fc.oneof(
  edited,
  fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join("")),
);

test("what it reads, it reads as the library does; the rest it leaves alone", () => {
  let read = 0;
  fc.assert(
    fc.property(text, (yaml) => {
      const documents = readQuickly(yaml);
      if (documents === undefined) return;
      read += 1;
      expect(readThoroughly(yaml)).toEqual({ documents, problems: [] });
    }),
    { numRuns: 3_000 },
  );
  expect(read).toBeGreaterThan(100);
});

test.each(["0_644", "1_000", "0644", "08", "0o17", "0x1f", "+1", "-1", "1e3", ".5"])(
  "%s, a number to some, is left to the library, or read as it does",
  (source) => {
    const text = `mode: ${source}\n`;
    expect([undefined, readThoroughly(text).documents]).toContainEqual(readQuickly(text));
  },
);

test("values survive the way through a text that it reads", () => {
  const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 });
  fc.assert(
    fc.property(value, (plain) => {
      const yaml = toYaml(plain);
      const documents = readQuickly(yaml);
      if (documents !== undefined) expect(documents).toEqual(readThoroughly(yaml).documents);
    }),
    { numRuns: 500 },
  );
});
