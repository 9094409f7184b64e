import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { Failure } from "../../errors/failure.ts";
import { commands } from "../catalog.ts";
import { type AnyCommand, isFamily } from "../command.ts";
import { flagName } from "../flag.ts";
import { globalFlags } from "../global-flags.ts";
import { parseCommandLine } from "./program.ts";

const wordsOf = (list: readonly AnyCommand[]): string[] =>
  list.flatMap((entry) => [
    entry.name,
    ...(entry.aliases ?? []),
    ...(isFamily(entry) ? wordsOf(entry.commands) : Object.keys(entry.flags).map((key) => `--${flagName(key)}`)),
  ]);

const known = [...new Set([...wordsOf(commands), ...Object.keys(globalFlags).map((key) => `--${flagName(key)}`)])];
const odd = [
  "--",
  "-",
  "---",
  "=",
  "--=",
  "--nodes=",
  "-n",
  "-nx",
  "-n=",
  "--no-wait",
  "--help",
  "-h",
  "help",
  "__proto__",
];
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...known) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...odd, "constructor", "toString", "--constructor", "--__proto__", "-1", "", " "),
  },
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.tuple(fc.constantFrom(...known), fc.string({ maxLength: 6 })).map(([name, value]) => `${name}=${value}`),
);

test("any words are an invocation, a page of help, or refused with a Failure in one line", async () => {
  let understood = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (argv) => {
      const result = await parseCommandLine(commands, argv).catch((thrown: unknown) => thrown);
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(Failure);
        expect(result.message).toStartWith("Cannot ");
      } else understood += 1;
    }),
    { numRuns: fuzzCases(1_000) },
  );
  expect(understood).toBeGreaterThan(0);
});
