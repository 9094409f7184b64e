import { expect, test } from "bun:test";
import fc from "fast-check";
import { MemoryLogRing } from "./log-ring.ts";
import { createLogStore } from "./log-store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text;
}

test("the last N lines of any log are its last N lines", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-z]{0,9}$/), { maxLength: 20 }),
      fc.nat(25),
      async (lines, count) => {
        const ring = new MemoryLogRing(1_024);
        ring.write(bytes(lines.map((line) => `${line}\n`).join("")));
        const expected = count === 0 ? [] : lines.slice(-count);
        expect(await textOf(ring.read({ tailLines: count }))).toBe(expected.map((line) => `${line}\n`).join(""));
      },
    ),
  ));

test("an unfinished line counts as a line", async () => {
  const ring = new MemoryLogRing(1_024);
  ring.write(bytes("one\ntwo\nthr"));
  expect(await textOf(ring.read({ tailLines: 2 }))).toBe("two\nthr");
  expect(ring.lastLines(1)).toEqual(["thr"]);
});

test("a follower sees what is written later, until it is aborted", async () => {
  const ring = new MemoryLogRing(1_024);
  ring.write(bytes("old\n"));
  const abort = new AbortController();
  const reading = textOf(
    (async function* () {
      for await (const chunk of ring.read({ follow: true, signal: abort.signal })) {
        yield chunk;
        if (new TextDecoder().decode(chunk).includes("new")) abort.abort();
        else ring.write(bytes("new\n"));
      }
    })(),
  );
  expect(await reading).toBe("old\nnew\n");
});

test("a follower that falls behind skips what was overwritten, and what it gets is whole", async () => {
  const ring = new MemoryLogRing(16);
  ring.write(bytes("aaaaaaa\n"));
  const chunks = ring.read({ follow: true })[Symbol.asyncIterator]();
  expect(new TextDecoder().decode((await chunks.next()).value as Uint8Array)).toBe("aaaaaaa\n");
  for (const letter of ["b", "c", "d", "e"]) ring.write(bytes(`${letter.repeat(7)}\n`));
  expect(new TextDecoder().decode((await chunks.next()).value as Uint8Array)).toBe("ddddddd\neeeeeee\n");
});

test("a store opens each log once", () => {
  const store = createLogStore();
  expect(store.get("etcd")).toBeUndefined();
  expect(store.open("etcd")).toBe(store.open("etcd"));
  expect(store.ids()).toEqual(["etcd"]);
});
