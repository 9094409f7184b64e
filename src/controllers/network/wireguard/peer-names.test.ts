import { expect, test } from "bun:test";
import { PeerNames } from "./peer-names.ts";

test("an address needs no asking", () => {
  const names = new PeerNames();
  expect(names.find("192.0.2.7")).toEqual({ address: "192.0.2.7" });
  expect(names.find("2001:db8::7")).toEqual({ address: "2001:db8::7" });
});

test("a name has no address until it is known, and the bell rings then; one without is asked for again", async () => {
  const names = new PeerNames();
  const stopping = new AbortController();
  const news = names.changes(stopping.signal)[Symbol.asyncIterator]();
  expect(names.find("localhost")).toBeUndefined();
  await news.next();
  expect(names.find("localhost")).toHaveProperty("address");

  expect(names.find("no-such.invalid")).toBeUndefined();
  await news.next();
  expect(names.find("no-such.invalid")).toHaveProperty("problem");
  // That asked again: until there is another answer, this one holds.
  expect(names.find("no-such.invalid")).toHaveProperty("problem");
  stopping.abort();
});
