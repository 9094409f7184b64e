import { expect, test } from "bun:test";
import fc from "fast-check";
import { KernelTable } from "./kernel-table.ts";

interface Thing {
  readonly linkIndex: number;
  readonly name: string;
  readonly value: number;
}

/** A kernel that counts what it is asked. */
class Kernel {
  things: readonly Thing[] = [];
  readonly asked: (number | "all")[] = [];
  nowMs = 0;
  isReadAgain = false;

  readonly table = new KernelTable<Thing>({
    all: () => this.#answer("all", () => true),
    ofLink: (index) => (index === 0 ? undefined : this.#answer(index, ({ linkIndex }) => linkIndex === index)),
    linkIndexOf: ({ linkIndex }) => linkIndex,
    keyOf: ({ name }) => name,
    readAgainSoon: () => this.isReadAgain,
    nowMs: () => this.nowMs,
  });

  /** As from the wire: equal, and never the same object. */
  #answer(question: number | "all", isMeant: (thing: Thing) => boolean): Thing[] {
    this.asked.push(question);
    return this.things.filter(isMeant).map((thing) => ({ ...thing }));
  }

  change(linkIndex: number, name: string, value: number | undefined): void {
    const others = this.things.filter((thing) => thing.linkIndex !== linkIndex || thing.name !== name);
    this.things = value === undefined ? others : [...others, { linkIndex, name, value }];
    this.table.changed(linkIndex);
  }
}

function kernelOf(...things: readonly (readonly [linkIndex: number, name: string, value: number])[]): Kernel {
  const kernel = new Kernel();
  kernel.things = things.map(([linkIndex, name, value]) => ({ linkIndex, name, value }));
  return kernel;
}

test("of what changes one link is read, and all others stay the same objects", () => {
  const kernel = kernelOf([1, "a", 1], [2, "b", 1], [2, "c", 1]);
  const before = kernel.table.read();
  kernel.change(2, "b", 7);
  const after = kernel.table.read();
  expect(kernel.asked).toEqual(["all", 2]);
  expect(after.find(({ name }) => name === "b")).toEqual({ linkIndex: 2, name: "b", value: 7 });
  for (const name of ["a", "c"]) {
    expect(after.find((thing) => thing.name === name)).toBe(before.find((thing) => thing.name === name) as Thing);
  }
});

test("what is as it was is the same list, however it was read", () => {
  const kernel = kernelOf([1, "a", 1], [2, "b", 1]);
  const before = kernel.table.read();
  kernel.table.changed(2);
  expect(kernel.table.read()).toBe(before);
  kernel.table.lost();
  expect(kernel.table.read()).toBe(before);
  expect(kernel.asked).toEqual(["all", 2, "all"]);
  // Nothing was told of since.
  expect(kernel.table.read()).toBe(before);
  expect(kernel.asked.length).toBe(3);
});

test("by link, only the lists of links that something changed of are others", () => {
  const kernel = kernelOf([1, "a", 1], [2, "b", 1], [3, "c", 1]);
  const before = new Map(kernel.table.readByLink());
  kernel.change(2, "b", 2);
  kernel.change(3, "c", undefined);
  const after = kernel.table.readByLink();
  expect(after.get(1)).toBe(before.get(1) as readonly Thing[]);
  expect(after.get(2)).toEqual([{ linkIndex: 2, name: "b", value: 2 }]);
  expect(after.has(3)).toBe(false);
});

test("after a loss everything is read anew", () => {
  const kernel = kernelOf([1, "a", 1], [2, "b", 1]);
  kernel.table.read();
  // Nobody says of which link.
  kernel.things = [{ linkIndex: 3, name: "c", value: 1 }];
  kernel.table.changed(1);
  kernel.table.lost();
  expect(kernel.table.read()).toEqual(kernel.things);
  expect(kernel.asked).toEqual(["all", "all"]);
});

test("many at once, and what belongs to no link, are read with everything", () => {
  const kernel = kernelOf([0, "nowhere", 1]);
  kernel.table.read();
  for (let index = 1; index < 100; index += 1) kernel.change(index, "x", 1);
  expect(kernel.table.read().length).toBe(100);
  expect(kernel.asked).toEqual(["all", "all"]);
  kernel.change(0, "nowhere", 2);
  expect(kernel.table.read()[0]?.value).toBe(2);
  expect(kernel.asked).toEqual(["all", "all", "all"]);
});

test("whatever happens, the table is what the kernel has", () => {
  const change = fc.record({
    linkIndex: fc.nat(4),
    name: fc.constantFrom("a", "b", "c"),
    value: fc.option(fc.nat(2), { nil: undefined }),
    isRead: fc.boolean(),
    isLost: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const kernel = kernelOf([1, "a", 1], [3, "b", 1]);
      for (const { linkIndex, name, value, isRead, isLost } of changes) {
        kernel.change(linkIndex, name, value);
        if (isLost) kernel.table.lost();
        if (isRead) kernel.table.read();
      }
      const inOrder = (things: readonly Thing[]) =>
        things.map(({ linkIndex, name, value }) => [linkIndex, name, value]).sort();
      const byLink = [...kernel.table.readByLink()];
      expect(byLink.every(([index, things]) => things.every(({ linkIndex }) => linkIndex === index))).toBe(true);
      expect(inOrder(byLink.flatMap(([, things]) => things))).toEqual(inOrder(kernel.things));
      expect(inOrder(kernel.table.read())).toEqual(inOrder(kernel.things));
    }),
  );
});

test("what is old is read anew, at once or, where somebody reads again in a moment, then", () => {
  const kernel = kernelOf([1, "a", 1], [2, "b", 1]);
  kernel.table.read();
  kernel.nowMs = 9_000;
  kernel.table.read();
  expect(kernel.asked).toEqual(["all"]);
  kernel.nowMs = 11_000;
  kernel.isReadAgain = true;
  kernel.change(2, "b", 2);
  expect(kernel.table.read()).toContainEqual({ linkIndex: 2, name: "b", value: 2 });
  expect(kernel.asked).toEqual(["all", 2]);
  kernel.table.lost();
  kernel.table.read();
  expect(kernel.asked).toEqual(["all", 2, "all"]);
  kernel.nowMs = 22_000;
  kernel.isReadAgain = false;
  kernel.table.read();
  expect(kernel.asked).toEqual(["all", 2, "all", "all"]);
});
