import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { Dhcp6Client, type Dhcp6Step } from "./client.ts";
import { answerOf, type Given, serverId } from "./testing.ts";

const clientId = Uint8Array.of(0, 3, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56);
const newClient = () => new Dhcp6Client({ clientId, associationId: 7, random: () => 0.5 });
const answer = (step: Dhcp6Step | undefined, given: Given = {}) => answerOf(step?.send, given);

/** A client that got 2001:db8::15 for an hour at time 0. */
function bound(given: Given = {}) {
  const client = newClient();
  const step = client.receive(0, answer(client.start(0), { type: "reply", isCommitted: true, ...given }));
  return { client, step };
}

test("a server that commits at once needs one question", () => {
  const { client, step } = bound({ dns: ["2001:db8::53"] });
  expect(client.state).toBe("bound");
  expect(step).toMatchObject({
    wakeAtMs: 1_800_000,
    event: { kind: "bound", lease: { addresses: ["2001:db8::15"], dns: ["2001:db8::53"] } },
  });
});

test("the server that wants it most is asked, after a moment for others", () => {
  const client = newClient();
  const solicit = client.start(0);
  const weighed = client.receive(10, answer(solicit, { from: 1, preference: 1 }));
  expect(weighed).toEqual({ wakeAtMs: 110 });
  client.receive(20, answer(solicit, { from: 2, preference: 9, address: "2001:db8::2" }));
  expect(client.receive(30, answer(solicit, { from: 3, preference: 5 }))).toEqual({ wakeAtMs: 110 });
  const request = client.wake(110);
  expect(request.send?.type).toBe("request");
  expect(request.send?.options.find(({ code }) => code === 2)?.value).toEqual(serverId(2));
  const done = client.receive(120, answer(request, { type: "reply", from: 2, address: "2001:db8::2" }));
  expect(done?.event).toMatchObject({ kind: "bound", lease: { addresses: ["2001:db8::2"] } });
});

test("a server that is not to be compared is asked at once, and so is the first one after a silence", () => {
  const client = newClient();
  expect(client.receive(1, answer(client.start(0), { preference: 255 }))?.send?.type).toBe("request");
  const late = newClient();
  const other = late.wake(late.start(0).wakeAtMs);
  const second = late.wake(other.wakeAtMs);
  expect(late.receive(2_001, answer(second))?.send?.type).toBe("request");
});

test("silence is met with ever longer pauses, and now and then with a question for the rest", () => {
  const client = newClient();
  const seen: [string | undefined, number][] = [];
  let now = 0;
  for (let step = client.start(now); seen.length < 9; step = client.wake(now)) {
    seen.push([step.send?.type, step.wakeAtMs - now]);
    now = step.wakeAtMs;
  }
  expect(seen).toEqual([
    ["solicit", 1_000],
    ["informationRequest", 1_000],
    ["solicit", 2_000],
    ["informationRequest", 1_000],
    ["solicit", 4_000],
    ["informationRequest", 1_000],
    ["solicit", 8_000],
    ["informationRequest", 1_000],
    ["solicit", 16_000],
  ]);
});

test("a network without addresses tells the rest, and is asked for addresses again later", () => {
  const client = newClient();
  const weighed = client.receive(5, answer(client.start(0), { status: 2, address: undefined }));
  const question = client.wake(weighed?.wakeAtMs ?? 0);
  expect(question.send?.type).toBe("informationRequest");
  expect(question.send?.options.some(({ code }) => code === 3)).toBe(false);
  const told = client.receive(120, answer(question, { type: "reply", address: undefined, dns: ["2001:db8::53"] }));
  expect(told).toMatchObject({
    wakeAtMs: 120_120,
    event: { kind: "bound", lease: { addresses: [], dns: ["2001:db8::53"] } },
  });
  const again = client.wake(120_120);
  expect(again.send?.type).toBe("solicit");
  expect(again.event).toBeUndefined();
});

test("servers of QEMU's user network are heard although it does not say who it is", () => {
  const client = newClient();
  const question = client.wake(client.start(0).wakeAtMs);
  const said = answer(question, { type: "reply", address: undefined, dns: ["fec0::3"] });
  const told = client.receive(1_005, { ...said, options: said.options.filter(({ code }) => code !== 2) });
  expect(told?.event).toMatchObject({ kind: "bound", lease: { addresses: [], dns: ["fec0::3"] } });
  // It has not said that it has no addresses: the question may have got lost.
  expect([told?.send?.type, told?.wakeAtMs]).toEqual(["solicit", 3_005]);
  expect(client.wake(3_005).send?.type).toBe("solicit");
});

test("at T1 the same server is asked, at T2 every server, and at the end the address is lost", () => {
  const { client, step } = bound();
  let now = step?.wakeAtMs ?? 0;
  const seen = new Map<string | undefined, number>();
  let last = client.wake(now);
  while (last.event === undefined) {
    if (!seen.has(last.send?.type)) seen.set(last.send?.type, now);
    now = last.wakeAtMs;
    last = client.wake(now);
  }
  expect([...seen]).toEqual([
    ["renew", 1_800_000],
    ["rebind", 2_880_000],
  ]);
  expect(now).toBe(3_600_000);
  expect(last.event).toEqual({ kind: "lost", reason: "expired" });
  expect(client.wake(last.wakeAtMs).send?.type).toBe("solicit");
});

test("a renewal may bring another address; the one before stays until it ends", () => {
  const { client, step } = bound();
  const renew = client.wake(step?.wakeAtMs ?? 0);
  const renewed = client.receive(1_900_000, answer(renew, { type: "reply", address: "2001:db8::16" }));
  expect(renewed?.event).toMatchObject({ lease: { addresses: ["2001:db8::15", "2001:db8::16"] } });
  const gone = client.wake(3_600_000);
  expect(gone.event).toMatchObject({ kind: "bound", lease: { addresses: ["2001:db8::16"] } });
  expect(gone.wakeAtMs).toBe(1_900_000 + 1_800_000);
});

test("a server that gives ever more addresses is not followed without end", () => {
  const { client } = bound();
  for (let index = 0; index < 40; index += 1) {
    const renewal = client.wake(index);
    client.receive(index, answer(renewal, { type: "reply", address: `2001:db8::${index + 100}` }));
  }
  const held = client.release(40)?.options.find(({ code }) => code === 3)?.value;
  expect(held?.length).toBe(12 + 16 * 28);
});

test("a lifetime of zero takes the address away", () => {
  const { client, step } = bound();
  const renew = client.wake(step?.wakeAtMs ?? 0);
  const refused = client.receive(1_900_000, answer(renew, { type: "reply", validSeconds: 0 }));
  expect(refused?.event).toEqual({ kind: "lost", reason: "refused" });
});

test("a server that has forgotten us is asked anew for what we have", () => {
  const { client, step } = bound();
  const renew = client.wake(step?.wakeAtMs ?? 0);
  const request = client.receive(1_900_000, answer(renew, { type: "reply", address: undefined, association: 3 }));
  expect(request?.send?.type).toBe("request");
  expect(request?.event).toBeUndefined();
  expect(client.receive(1_900_001, answer(request, { type: "reply" }))?.event?.kind).toBe("bound");
});

test("an address that another machine has is declined", () => {
  const { client } = bound();
  expect(client.conflict(10, "2001:db8::99")).toBeUndefined();
  const declined = client.conflict(10, "2001:db8::15");
  expect(declined).toMatchObject({ wakeAtMs: 10_010, event: { kind: "lost", reason: "conflict" } });
  expect(declined?.send?.type).toBe("decline");
  expect(client.release(20)).toBeUndefined();
});

test("addresses that are not needed are given back to their server", () => {
  const { client } = bound();
  const farewell = client.release(5_000);
  expect(farewell?.type).toBe("release");
  expect(farewell?.options.find(({ code }) => code === 2)?.value).toEqual(serverId(1));
});

test("what is not for us changes nothing", () => {
  const client = newClient();
  const offer = answer(client.start(0), {});
  expect(client.receive(0, { ...offer, transaction: offer.transaction ^ 1 })).toBeUndefined();
  expect(client.receive(0, { ...offer, options: offer.options.filter(({ code }) => code !== 1) })).toBeUndefined();
  expect(client.receive(0, { ...offer, options: offer.options.filter(({ code }) => code !== 2) })).toBeUndefined();
  expect(client.receive(0, { ...offer, type: "reply" })).toBeUndefined();
  expect(client.state).toBe("soliciting");
});

test("whatever servers say and however late, the client knows when to go on, and a lease is lost before it is replaced by silence", () => {
  const event = fc.record({
    isWake: fc.boolean(),
    lateMs: fc.nat(5_000_000),
    given: fc.record({
      type: fc.constantFrom("advertise", "reply"),
      status: fc.nat(6),
      association: fc.nat(6),
      isCommitted: fc.boolean(),
      validSeconds: fc.oneof(fc.nat(10_000), fc.constant(0xffffffff)),
      from: fc.nat(3),
      preference: fc.constantFrom(0, 255),
      address: fc.constantFrom("2001:db8::1", "2001:db8::2", undefined),
    }),
    conflict: fc.constantFrom(undefined, undefined, "2001:db8::1"),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const client = newClient();
      let now = 0;
      let step: Dhcp6Step = client.start(now);
      let asked: Dhcp6Step = step;
      let hasLease = false;
      for (const { isWake, lateMs, given, conflict } of events) {
        now = isWake ? Math.max(now, Math.min(step.wakeAtMs, 1e12)) + lateMs : now + (lateMs % 100);
        const next = isWake
          ? client.wake(now)
          : conflict === undefined
            ? client.receive(now, answer(asked, given))
            : client.conflict(now, conflict);
        if (next === undefined) continue;
        // After a message the moment may be one that nobody has noticed yet.
        expect(next.wakeAtMs).toBeGreaterThanOrEqual(isWake ? now : 0);
        if (next.event?.kind === "lost") expect(hasLease).toBe(true);
        if (next.event !== undefined) hasLease = next.event.kind === "bound" && next.event.lease.addresses.length > 0;
        expect(client.release(now) !== undefined).toBe(hasLease);
        step = next;
        if (next.send !== undefined) asked = next;
      }
    }),
    { numRuns: fuzzCases(300) },
  );
});
