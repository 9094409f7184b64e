import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases, hostileMessages } from "../../../test/support/fuzz.ts";
import { Failure } from "../../errors/failure.ts";
import { cosi } from "../../proto/index.ts";
import { decodeEvent } from "./event-message.ts";
import { checkPattern } from "./pattern.ts";
import { decodeResource } from "./resource-message.ts";
import { decodeSelection } from "./selection-message.ts";

const { Event, ListOptions, Resource } = cosi.resource;

/** A codec that takes any spec: the specs of every type have a fuzz test of their own. */
const codecOf = () => ({
  encodeProto: () => new Uint8Array(),
  decodeProto: (bytes: Uint8Array) => bytes,
  toYaml: () => "",
});

/** What the bytes are as a message; undefined for none, which the transport refuses. */
function decoded<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function onlyFailures(work: () => unknown): void {
  try {
    work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
  }
}

test("resources, events and selections of any bytes are read, or refused with a Failure", () => {
  let read = 0;
  fc.assert(
    fc.property(hostileMessages, (bytes) => {
      const resource = decoded((from) => Resource.decode(from), bytes);
      const event = decoded((from) => Event.decode(from), bytes);
      const selection = decoded((from) => ListOptions.decode(from), bytes);
      if (resource !== undefined) onlyFailures(() => decodeResource(resource, codecOf));
      if (event !== undefined) onlyFailures(() => decodeEvent(event, codecOf));
      if (selection !== undefined) onlyFailures(() => decodeSelection(selection));
      if (resource !== undefined || event !== undefined || selection !== undefined) read += 1;
    }),
    { numRuns: fuzzCases(3_000) },
  );
  expect(read).toBeGreaterThan(0);
});

const text = `${"a".repeat(256)}!`;
const patternParts = fc.constantFrom(
  "a",
  "a*",
  "a+",
  ".*",
  "(",
  ")",
  "|",
  "[a-z]+",
  "?",
  "{2,}",
  "^",
  "$",
  "\\w*",
  "a{1,99}",
  "(?:",
  "\\",
  "]",
  "\\1",
);

test("a pattern that is let through takes no long time on any text", () => {
  fc.assert(
    fc.property(fc.array(patternParts, { maxLength: 40 }), (parts) => {
      const source = parts.join("");
      onlyFailures(() => {
        checkPattern(source);
        const { ids } = decodeSelection({ id_query: { regexp: source } });
        const began = performance.now();
        ids?.test(text);
        expect(performance.now() - began).toBeLessThan(1_000);
      });
    }),
    { numRuns: fuzzCases(2_000) },
  );
});
