import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Controller, defineController } from "../../cosi/controller.ts";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import { Pass } from "../../cosi/runtime/pass.ts";
import { ShownByLink } from "./shown-by-link.ts";

interface Thing {
  readonly name: string;
  readonly value: number;
}
interface Output {
  readonly text: string;
}
const Output: ResourceKind<Output> = { type: "Outputs.test.cosi.dev", namespace: "runtime" };
const holder = "test.Holder";

/** Shows things of links; those named `near` on each link apart, all others by their name alone. */
class Shown {
  readonly lists = new Map<number, readonly Thing[]>();
  readonly names = new Map([1, 2, 3].map((index) => [index, `eth${index}`]));
  readonly state = memoryState();
  readonly made: string[] = [];
  readonly #controller: Controller;

  constructor() {
    const shown = new ShownByLink<Thing, Output>({
      kind: Output,
      show: (thing, linkName) => {
        this.made.push(thing.name);
        return entryOf(thing, linkName);
      },
    });
    this.#controller = defineController({
      name: "test.ShowingController",
      inputs: [],
      outputs: [{ kind: Output, sharing: "exclusive" }],
      reconcile: (context) => shown.put(context, this.lists, this.names),
    });
  }

  async pass(): Promise<void> {
    const { signal } = new AbortController();
    const pass = new Pass({ controller: this.#controller, state: this.state, signal, log: () => {} });
    await this.#controller.reconcile(pass);
    await pass.cleanUp();
  }

  async release(): Promise<void> {
    for (const { metadata } of await this.state.list(Output)) {
      if (metadata.finalizers.includes(holder)) await this.state.removeFinalizer(Output, metadata.id, holder);
    }
  }

  async texts(): Promise<Record<string, string>> {
    const shown = (await this.state.list(Output)).filter(({ metadata }) => metadata.phase === "running");
    return Object.fromEntries(shown.map(({ metadata, spec }) => [metadata.id, spec.text]));
  }

  /** As somebody would who looks at everything: of several with one id the first link's first counts. */
  expected(): Record<string, string> {
    const inOrder = [...this.lists].sort(([a], [b]) => a - b);
    const entries = inOrder.flatMap(([index, things]) =>
      things.flatMap((thing) => {
        const entry = entryOf(thing, this.names.get(index));
        return entry === undefined ? [] : [[entry[0], entry[1].text] as const];
      }),
    );
    return Object.fromEntries(entries.reverse());
  }
}

const entryOf = ({ name, value }: Thing, linkName: string | undefined): readonly [string, Output] | undefined =>
  linkName === undefined
    ? undefined
    : [name === "near" ? `${linkName}/${name}` : name, { text: `${value} on ${linkName}` }];

const thing = fc.record({ name: fc.constantFrom("a", "b", "near"), value: fc.nat(2) });
const step = fc.record({
  link: fc.integer({ min: 1, max: 3 }),
  things: fc.option(fc.array(thing, { maxLength: 4 }), { nil: undefined }),
  /** Of those of before so many stay, in front. */
  keeps: fc.nat(2),
  linkName: fc.constantFrom("eth1", "eth2", "eth9", undefined),
  isRenamed: fc.boolean(),
  held: fc.option(fc.constantFrom("a", "eth1/near"), { nil: undefined }),
  isReleased: fc.boolean(),
  isPass: fc.boolean(),
});

test("whatever happens to links, shown is what somebody would show who looks at everything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const shown = new Shown();
      for (const { link, things, keeps, linkName, isRenamed, held, isReleased, isPass } of steps) {
        if (things === undefined) shown.lists.delete(link);
        else shown.lists.set(link, [...(shown.lists.get(link) ?? []).slice(0, keeps), ...things]);
        if (isRenamed && linkName === undefined) shown.names.delete(link);
        if (isRenamed && linkName !== undefined) shown.names.set(link, linkName);
        if (held !== undefined && (await shown.state.get(Output, held))?.metadata.phase === "running") {
          await shown.state.addFinalizer(Output, held, holder);
        }
        if (isReleased) await shown.release();
        if (isPass) await shown.pass();
      }
      await shown.pass();
      await shown.release();
      await shown.pass();
      expect(await shown.texts()).toEqual(shown.expected());
      expect((await shown.state.list(Output)).length).toBe(Object.keys(shown.expected()).length);
    }),
  );
});

test("links whose lists are the same objects are not looked at, and what is as it was is not written", async () => {
  const shown = new Shown();
  const kept = { name: "a", value: 1 };
  shown.lists.set(1, [kept]);
  shown.lists.set(2, [{ name: "near", value: 1 }]);
  await shown.pass();
  shown.made.length = 0;
  shown.lists.set(1, [kept, { name: "b", value: 2 }]);
  await shown.pass();
  expect(shown.made).toEqual(["b"]);
  expect(await shown.texts()).toEqual({ a: "1 on eth1", b: "2 on eth1", "eth2/near": "1 on eth2" });
  const versions = (await shown.state.list(Output)).map(({ metadata }) => metadata.version);
  expect(versions).toEqual([1, 1, 1]);
});

test("what a pass could not write, the next one does", async () => {
  const shown = new Shown();
  await shown.state.create(Output, "b", { text: "somebody else's" }, { owner: "test.Other" });
  shown.lists.set(1, [
    { name: "b", value: 1 },
    { name: "a", value: 1 },
  ]);
  expect(await shown.pass().catch((thrown) => thrown)).toBeInstanceOf(Error);
  await shown.state.destroy(Output, "b", { owner: "test.Other" });
  await shown.pass();
  expect(await shown.texts()).toEqual({ a: "1 on eth1", b: "1 on eth1" });
});
