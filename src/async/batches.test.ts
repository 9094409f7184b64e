import { expect, test } from "bun:test";
import fc from "fast-check";
import { batches } from "./batches.ts";

/** Gives each group at once, and waits for the world before the next. */
class Groups implements AsyncIterableIterator<number> {
  readonly #groups: number[][];
  returned = false;

  constructor(groups: readonly (readonly number[])[]) {
    this.#groups = groups.map((group) => [...group]);
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next(): Promise<IteratorResult<number>> {
    const [group] = this.#groups;
    if (group === undefined) return Promise.resolve({ done: true, value: undefined });
    const value = group.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    this.#groups.shift();
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    return promise.then(() => this.next());
  }

  return(): Promise<IteratorResult<number>> {
    this.returned = true;
    return Promise.resolve({ done: true, value: undefined });
  }
}

test("what is there goes together, in order, and nothing waits for what is not", async () => {
  const groups = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(groups, fc.integer({ min: 1, max: 4 }), async (given, maximum) => {
      const got = await Array.fromAsync(batches(new Groups(given), maximum));
      const expected = given.flatMap((group) =>
        Array.from({ length: Math.ceil(group.length / maximum) }, (_, index) =>
          group.slice(index * maximum, (index + 1) * maximum),
        ),
      );
      expect(got).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test("who stops reading lets the source know", async () => {
  const source = new Groups([[1, 2, 3]]);
  for await (const batch of batches(source, 2)) {
    expect(batch).toEqual([1, 2]);
    break;
  }
  expect(source.returned).toBeTrue();
});
