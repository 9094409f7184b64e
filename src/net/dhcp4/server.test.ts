import { expect, test } from "bun:test";
import fc from "fast-check";
import { DhcpClient } from "./client.ts";
import { type DhcpMessage, DhcpMessageType, decodeDhcpMessage, encodeDhcpMessage, encodeInet4 } from "./message.ts";
import { DhcpOption } from "./options.ts";
import { answerDhcp, type DhcpServerOptions } from "./server.ts";

const server: DhcpServerOptions = {
  serverAddress: "10.5.0.1",
  mask: "255.255.255.0",
  router: "10.5.0.1",
  reservations: [{ hardwareAddress: "52:54:00:12:34:56", address: "10.5.0.3", hostname: "x-worker-1" }],
};
const hardwareAddress = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);

const wire = (message: DhcpMessage): DhcpMessage => {
  const read = decodeDhcpMessage(encodeDhcpMessage(message));
  if (read === undefined) throw new Error("no message");
  return read;
};

const typeOf = (message: DhcpMessage | undefined) => message?.options.get(DhcpOption.messageType)?.[0];

const request = (options: [number, Uint8Array][], more: Partial<DhcpMessage> = {}): DhcpMessage => ({
  ...{ kind: "request", transaction: 7, elapsedSeconds: 1, broadcast: true, hardwareAddress },
  ...{ clientAddress: "0.0.0.0", yourAddress: "0.0.0.0", relayAddress: "0.0.0.0" },
  options: new Map([[DhcpOption.messageType, Uint8Array.of(DhcpMessageType.request)], ...options]),
  ...more,
});

test("our own client gets the address, name and route that are reserved for it, without end", () => {
  const client = new DhcpClient({ hardwareAddress, random: () => 0.5 });
  let step = client.start(0);
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = step.send === undefined ? undefined : answerDhcp(server, wire(step.send.message));
    if (answer === undefined) throw new Error("no answer");
    step = client.receive(turn, wire(answer)) ?? step;
  }
  expect(step.event).toMatchObject({
    kind: "bound",
    lease: {
      address: "10.5.0.3",
      prefixLength: 24,
      hostname: "x-worker-1",
      leaseSeconds: Number.POSITIVE_INFINITY,
      routes: [{ destination: "0.0.0.0/0", gateway: "10.5.0.1" }],
      dns: [],
      ntp: [],
    },
  });
});

test("an address that is another's is refused", () => {
  const refusal = answerDhcp(server, request([[DhcpOption.requestedAddress, encodeInet4("10.5.0.9")]]));
  expect(typeOf(refusal)).toBe(DhcpMessageType.nak);
  expect(refusal?.yourAddress).toBe("0.0.0.0");
});

test("a machine that renews is told that it keeps its address", () => {
  expect(typeOf(answerDhcp(server, request([], { clientAddress: "10.5.0.3" })))).toBe(DhcpMessageType.ack);
});

test("strangers, other servers' clients, replies and nonsense are not answered", () => {
  const other = encodeInet4("10.5.0.200");
  expect(answerDhcp(server, request([], { hardwareAddress: new Uint8Array(6) }))).toBeUndefined();
  expect(answerDhcp(server, request([[DhcpOption.server, other]]))).toBeUndefined();
  expect(answerDhcp(server, request([], { kind: "reply" }))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, isMessage) => {
      const text = isMessage ? Uint8Array.from([...encodeDhcpMessage(request([])).subarray(0, 240), ...bytes]) : bytes;
      const message = decodeDhcpMessage(text);
      const answer = message === undefined ? undefined : answerDhcp(server, message);
      if (answer !== undefined) expect(["10.5.0.3", "0.0.0.0"]).toContain(wire(answer).yourAddress);
    }),
  );
});
