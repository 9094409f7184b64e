import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { DhcpClient, type Step } from "./client.ts";
import { type DhcpMessage, DhcpMessageType, encodeInet4 } from "./message.ts";
import { DhcpOption } from "./options.ts";

const hardwareAddress = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);
/** In the middle, so that jitter is nothing. */
const random = () => 0.5;
const server = "10.0.2.2";

const typeOf = (step: Step | undefined) => step?.send?.message.options.get(DhcpOption.messageType)?.[0];

/** What a server says to the message of a step. */
function answer(
  step: Step | undefined,
  type: keyof typeof DhcpMessageType,
  { from = server, leaseSeconds = 3_600, address = "10.0.2.15" } = {},
): DhcpMessage {
  if (step?.send === undefined) throw new Error("there is nothing to answer");
  const options = new Map([
    [DhcpOption.messageType, Uint8Array.of(DhcpMessageType[type])],
    [DhcpOption.server, encodeInet4(from)],
    [DhcpOption.leaseTime, new Uint8Array(Uint32Array.of(leaseSeconds).buffer).reverse()],
  ]);
  return { ...step.send.message, kind: "reply", yourAddress: type === "nak" ? "0.0.0.0" : address, options };
}

/** A client that got its lease at time 0, with the step that asked for it. */
function bound(leaseSeconds = 3_600) {
  const client = new DhcpClient({ hardwareAddress, random });
  const discover = client.start(0);
  const request = client.receive(0, answer(discover, "offer", { leaseSeconds }));
  const step = client.receive(0, answer(request, "ack", { leaseSeconds }));
  return { client, step, request };
}

test("discover, offer, request, acknowledgement", () => {
  const client = new DhcpClient({ hardwareAddress, random, hostname: "node-1" });
  const discover = client.start(0);
  expect(typeOf(discover)).toBe(DhcpMessageType.discover);
  expect(discover.send).toMatchObject({ destination: "255.255.255.255", message: { broadcast: true } });
  const request = client.receive(10, answer(discover, "offer"));
  expect(typeOf(request)).toBe(DhcpMessageType.request);
  const options = request?.send?.message.options;
  expect(options?.get(DhcpOption.requestedAddress)?.join(".")).toBe("10.0.2.15");
  expect(options?.get(DhcpOption.server)?.join(".")).toBe(server);
  expect(Buffer.from(options?.get(DhcpOption.hostname) ?? []).toString()).toBe("node-1");
  const step = client.receive(20, answer(request, "ack"));
  expect(step?.event).toMatchObject({ kind: "bound", lease: { address: "10.0.2.15" } });
  expect(step?.wakeAtMs).toBe(20 + 1_800_000);
  expect(client.state).toBe("bound");
});

test("a discover without answer is repeated ever more slowly, up to 64 s", () => {
  const client = new DhcpClient({ hardwareAddress, random });
  const pauses: number[] = [];
  let now = 0;
  for (let step = client.start(now); pauses.length < 8; step = client.wake(now)) {
    expect(typeOf(step)).toBe(DhcpMessageType.discover);
    pauses.push(step.wakeAtMs - now);
    now = step.wakeAtMs;
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000]);
});

test("a request without answer goes back to discover", () => {
  const client = new DhcpClient({ hardwareAddress, random });
  let step: Step | undefined = client.receive(0, answer(client.start(0), "offer"));
  for (let tries = 0; tries < 4; tries += 1) {
    expect(typeOf(step)).toBe(DhcpMessageType.request);
    step = client.wake(step?.wakeAtMs ?? 0);
  }
  expect(typeOf(step)).toBe(DhcpMessageType.discover);
});

test("at T1 the same server is asked, at T2 every server, and at the end the address is lost", () => {
  const { client, step } = bound();
  const renewal = client.wake(step?.wakeAtMs ?? 0);
  expect(renewal.send).toMatchObject({
    destination: server,
    message: { clientAddress: "10.0.2.15", broadcast: false },
  });
  expect(client.state).toBe("renewing");
  let now = renewal.wakeAtMs;
  const seen = new Map<string, number>();
  let last: Step = renewal;
  while (last.event === undefined) {
    last = client.wake(now);
    if (!seen.has(client.state)) seen.set(client.state, now);
    if (last.event === undefined) now = last.wakeAtMs;
  }
  expect(seen.get("rebinding")).toBe(3_150_000);
  expect(now).toBe(3_600_000);
  expect(last.event).toEqual({ kind: "lost", reason: "expired" });
  expect(typeOf(client.wake(last.wakeAtMs))).toBe(DhcpMessageType.discover);
});

test("a lease of two minutes outlives the loss of some renewals", () => {
  const { client, step } = bound(120);
  const asked: number[] = [];
  let now = step?.wakeAtMs ?? 0;
  for (let next = client.wake(now); next.event === undefined; next = client.wake(now)) {
    asked.push(now / 1_000);
    now = next.wakeAtMs;
  }
  expect(asked).toEqual([60, 82.5, 93.75, 99.75, 105, 112.5, 118.5]);
});

test("an acknowledged renewal starts the lease anew", () => {
  const { client, step } = bound();
  const renewal = client.wake(step?.wakeAtMs ?? 0);
  const renewed = client.receive(1_900_000, answer(renewal, "ack"));
  expect(renewed?.event?.kind).toBe("bound");
  expect(renewed?.wakeAtMs).toBe(1_900_000 + 1_800_000);
});

test("while rebinding another server may answer, while renewing it may not", () => {
  const { client, step } = bound();
  const renewal = client.wake(step?.wakeAtMs ?? 0);
  expect(client.receive(1_900_000, answer(renewal, "ack", { from: "10.0.2.3" }))).toBeUndefined();
  expect(client.receive(1_900_000, answer(renewal, "nak", { from: "10.0.2.3" }))).toBeUndefined();
  const rebinding = client.wake(3_150_000);
  const answered = client.receive(3_200_000, answer(rebinding, "ack", { from: "10.0.2.3" }));
  expect(answered?.event).toMatchObject({ kind: "bound", lease: { server: "10.0.2.3" } });
});

test("a refusal takes the lease away and begins again after a pause", () => {
  const { client, step } = bound();
  const renewal = client.wake(step?.wakeAtMs ?? 0);
  const refused = client.receive(1_900_000, answer(renewal, "nak"));
  expect(refused).toEqual({ wakeAtMs: 1_901_000, event: { kind: "lost", reason: "refused" } });
  expect(typeOf(client.wake(1_901_000))).toBe(DhcpMessageType.discover);
});

test("a refused request loses no lease, for there was none", () => {
  const client = new DhcpClient({ hardwareAddress, random });
  const request = client.receive(0, answer(client.start(0), "offer"));
  const refused = client.receive(5, answer(request, "nak"));
  expect(refused?.event).toBeUndefined();
  expect(client.state).toBe("selecting");
});

test("a lease without end asks for nothing more", () => {
  expect(bound(0xffffffff).step?.wakeAtMs).toBe(Number.POSITIVE_INFINITY);
});

test("what is not for us changes nothing", () => {
  const client = new DhcpClient({ hardwareAddress, random });
  const offer = answer(client.start(0), "offer");
  expect(client.receive(0, { ...offer, transaction: offer.transaction + 1 })).toBeUndefined();
  expect(client.receive(0, { ...offer, hardwareAddress: new Uint8Array(6) })).toBeUndefined();
  expect(client.receive(0, { ...offer, kind: "request" })).toBeUndefined();
  expect(client.receive(0, { ...offer, yourAddress: "0.0.0.0" })).toBeUndefined();
  expect(client.state).toBe("selecting");
});

test("an answer to another client identifier is not for us, and one that names none is", () => {
  const clientId = Uint8Array.of(1, ...hardwareAddress);
  const client = new DhcpClient({ hardwareAddress, random, clientId });
  const offer = answer(client.start(0), "offer");
  const naming = (id: Uint8Array) => ({ ...offer, options: new Map([...offer.options, [DhcpOption.clientId, id]]) });
  expect(client.receive(0, naming(Uint8Array.of(1, 2, 3)))).toBeUndefined();
  expect(typeOf(client.receive(0, naming(clientId)))).toBe(DhcpMessageType.request);
  const other = new DhcpClient({ hardwareAddress, random, clientId });
  expect(typeOf(other.receive(0, answer(other.start(0), "offer")))).toBe(DhcpMessageType.request);
});

test("the request says the same age as the question that was answered", () => {
  const client = new DhcpClient({ hardwareAddress, random });
  const again = client.wake(client.start(0).wakeAtMs + 900);
  expect(again.send?.message.elapsedSeconds).toBe(1);
  const request = client.receive(2_100, answer(again, "offer"));
  expect(request?.send?.message.elapsedSeconds).toBe(1);
  expect(client.wake(4_500).send?.message.elapsedSeconds).toBe(1);
});

const declined = { kind: "declined", address: "10.0.2.15" } as const;

/** A client that asks its neighbours first, and has just been given an address. */
function checking() {
  const client = new DhcpClient({ hardwareAddress, random, checkMs: 50 });
  const request = client.receive(0, answer(client.start(0), "offer"));
  return { client, step: client.receive(0, answer(request, "ack")) };
}

test("an address is used when no neighbour objects in time", () => {
  const { client, step } = checking();
  expect(step).toEqual({ wakeAtMs: 50, check: "10.0.2.15" });
  expect(client.release(20)).toBeUndefined();
  expect(client.wake(50).event).toMatchObject({ kind: "bound", lease: { address: "10.0.2.15" } });
  expect(client.state).toBe("bound");
});

test("an address that a neighbour has is declined, and the server asked again after ten seconds", () => {
  const { client } = checking();
  const step = client.conflict(20);
  expect(step).toMatchObject({ wakeAtMs: 10_020, event: declined, send: { destination: "255.255.255.255" } });
  expect(typeOf(step)).toBe(DhcpMessageType.decline);
  const options = step?.send?.message.options;
  expect(options?.get(DhcpOption.requestedAddress)?.join(".")).toBe("10.0.2.15");
  expect(options?.get(DhcpOption.server)?.join(".")).toBe(server);
  expect(client.conflict(30)).toBeUndefined();
  expect(typeOf(client.wake(10_020))).toBe(DhcpMessageType.discover);
});

test("an address that is offered again and again is used in the end", () => {
  const { client, step } = checking();
  let now = step?.wakeAtMs ?? 0;
  for (const _ of [1, 2]) {
    now = client.conflict(now)?.wakeAtMs ?? 0;
    client.receive(now, answer(client.receive(now, answer(client.wake(now), "offer")), "ack"));
  }
  expect(client.conflict(now)?.event).toMatchObject({ kind: "bound", isContested: true });
  expect(client.conflict(now + 1)).toBeUndefined();
});

test("a neighbour that objects late takes the address out of use", () => {
  const { client } = checking();
  client.wake(50);
  expect(client.conflict(900)?.event).toEqual({ kind: "lost", reason: "conflict" });
  expect(client.state).toBe("selecting");
});

test("a link that comes back asks for the address it had, and for any if nobody knows it", () => {
  const options = { hardwareAddress, random, previousAddress: "10.0.2.15" };
  const back = new DhcpClient(options);
  const request = back.start(0);
  expect(typeOf(request)).toBe(DhcpMessageType.request);
  expect(request.send?.message.options.has(DhcpOption.server)).toBe(false);
  expect(back.receive(1, answer(request, "ack", { address: "10.0.2.99" }))).toBeUndefined();
  expect(back.receive(1, answer(request, "ack"))?.event).toMatchObject({ kind: "bound" });

  const elsewhere = new DhcpClient(options);
  const refused = elsewhere.receive(1, answer(elsewhere.start(0), "nak"));
  expect(typeOf(refused)).toBe(DhcpMessageType.discover);
  expect(refused?.event).toBeUndefined();

  const unheard = new DhcpClient(options);
  const again = unheard.wake(unheard.start(0).wakeAtMs);
  expect(typeOf(again)).toBe(DhcpMessageType.request);
  expect(typeOf(unheard.wake(again.wakeAtMs))).toBe(DhcpMessageType.discover);
});

test("a lease that is not needed is given back to its server", () => {
  const { client } = bound();
  expect(new DhcpClient({ hardwareAddress }).release(0)).toBeUndefined();
  const farewell = client.release(5_000);
  expect(farewell).toMatchObject({ destination: server, message: { clientAddress: "10.0.2.15", elapsedSeconds: 0 } });
  expect(typeOf({ wakeAtMs: 0, ...(farewell && { send: farewell }) })).toBe(DhcpMessageType.release);
});

test("a new name is told at once, and a client that tells one does not ask for one", () => {
  const { client, request } = bound();
  expect([...(request?.send?.message.options.get(DhcpOption.parameterList) ?? [])]).toContain(DhcpOption.hostname);
  const step = client.rename(5_000, "node-2");
  expect(client.state).toBe("renewing");
  const options = step?.send?.message.options;
  expect(Buffer.from(options?.get(DhcpOption.hostname) ?? []).toString()).toBe("node-2");
  expect([...(options?.get(DhcpOption.parameterList) ?? [])]).not.toContain(DhcpOption.hostname);
  const named = answer(step, "ack");
  const repeated = new Map([...named.options, [DhcpOption.hostname, Buffer.from("node-2")] as const]);
  const renewed = client.receive(5_001, { ...named, options: repeated });
  expect(renewed?.event).toMatchObject({ kind: "bound", lease: { hostname: undefined } });
  expect(client.rename(5_002, "node-2")).toBeUndefined();
});

test("whatever servers say and however late, the client always knows when to go on, and a lease is lost before it is replaced by silence", () => {
  const event = fc.record({
    what: fc.constantFrom("wake", "offer", "ack", "nak", "conflict", "rename"),
    lateMs: fc.nat(5_000_000),
    leaseSeconds: fc.nat(10_000),
    from: fc.constantFrom(server, "10.0.2.3"),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.nat(999), fc.constantFrom(0, 50), (events, seed, checkMs) => {
      const client = new DhcpClient({ hardwareAddress, random: () => seed / 1_000, checkMs });
      let now = 0;
      let step: Step = client.start(now);
      let asked: Step = step;
      let hasLease = false;
      for (const { what, lateMs, leaseSeconds, from } of events) {
        now = what === "wake" ? Math.max(now, step.wakeAtMs) + lateMs : now + (lateMs % 100);
        const next =
          what === "wake"
            ? client.wake(now)
            : what === "conflict"
              ? client.conflict(now)
              : what === "rename"
                ? client.rename(now, `node-${leaseSeconds}`)
                : client.receive(now, answer(asked, what, { from, leaseSeconds }));
        if (next === undefined) continue;
        expect(next.wakeAtMs).toBeGreaterThan(now);
        if (next.event?.kind === "lost") expect(hasLease).toBe(true);
        if (next.event !== undefined) hasLease = next.event.kind === "bound";
        if (next.event?.kind === "declined") expect(hasLease).toBe(false);
        expect(["bound", "renewing", "rebinding"].includes(client.state)).toBe(hasLease);
        step = next;
        if (next.send !== undefined) asked = next;
      }
    }),
    { numRuns: fuzzCases(500) },
  );
});
