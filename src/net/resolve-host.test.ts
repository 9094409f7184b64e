import { expect, test } from "bun:test";
import { messageOf } from "../errors/message.ts";
import { resolveHost } from "./resolve-host.ts";

test("an address is its own, and a name of this host is found", async () => {
  expect(await resolveHost("2001:db8::1", AbortSignal.timeout(1))).toEqual(["2001:db8::1"]);
  expect(await resolveHost("localhost", AbortSignal.timeout(10_000))).toContain("127.0.0.1");
});

test("why a name has no address is said in words", async () => {
  const reason = await resolveHost("nobody.invalid", AbortSignal.timeout(10_000)).catch(messageOf);
  // What is the case depends on where the test runs: one without DNS knows less.
  expect(reason).toMatch(
    /^Cannot resolve nobody\.invalid: (?:there is no such name|no DNS server answers, or it failed|nobody answers)$/,
  );
});

test("who waits no longer is told so", async () => {
  const reason = await resolveHost("nobody.invalid", AbortSignal.abort()).catch(messageOf);
  expect(reason).toBe("Cannot resolve nobody.invalid: nobody answers");
});
