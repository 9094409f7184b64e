import { expect, test } from "bun:test";
import { Doorbell } from "./doorbell.ts";

test("rings while the listener is away come as one, and none is lost", async () => {
  const doorbell = new Doorbell();
  const stopping = new AbortController();
  const rings = doorbell.rings(stopping.signal);
  doorbell.ring();
  doorbell.ring();
  expect(await rings.next()).toEqual({ done: false, value: undefined });
  const next = rings.next();
  let came = false;
  void next.then(() => {
    came = true;
  });
  await Promise.resolve();
  expect(came).toBe(false);
  doorbell.ring();
  await next;
  // Nobody listens at this moment.
  doorbell.ring();
  expect(await rings.next()).toEqual({ done: false, value: undefined });
  stopping.abort();
  expect(await rings.next()).toEqual({ done: true, value: undefined });
});
