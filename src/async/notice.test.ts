import { expect, test } from "bun:test";
import { Notice } from "./notice.ts";

test("all who wait are told, and nobody waits on", async () => {
  const notice = new Notice();
  const told = [notice.next(), notice.next()];
  expect(notice.waiting).toBe(2);
  notice.post();
  await Promise.all(told);
  expect(notice.waiting).toBe(0);
});

test("an abort ends a wait, and only that one", async () => {
  const notice = new Notice();
  const stopping = new AbortController();
  const stopped = notice.next(stopping.signal);
  const other = notice.next(new AbortController().signal);
  stopping.abort();
  await stopped;
  expect(notice.waiting).toBe(1);
  await notice.next(stopping.signal); // aborted already
  notice.post();
  await other;
  expect(notice.waiting).toBe(0);
});
