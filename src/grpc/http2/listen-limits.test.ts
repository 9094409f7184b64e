import { expect, test } from "bun:test";
import { connect as connectNet, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { createTestAuthority } from "../testing/identities.ts";
import { type ListenLimits, listenTls } from "./listen-tls.ts";
import { serveStreams } from "./stream-server.ts";

const authority = await createTestAuthority();
const identity = await authority.server();
const host = "127.0.0.1";
const listen = (limits: Partial<ListenLimits>, accept = serveStreams(() => undefined).accept) =>
  listenTls({ host, port: 0, identity, clientCertificate: "none", limits }, accept);

function closed(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("error", () => undefined);
  socket.once("close", () => resolve());
  return promise;
}

/** A connection whose handshake is done, and which then says nothing. */
async function connected(port: number): Promise<TLSSocket> {
  const socket = connectTls({ host, port, ALPNProtocols: ["h2"], rejectUnauthorized: false });
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  socket.once("secureConnect", () => resolve(socket));
  socket.on("error", reject);
  return promise;
}

test("a peer that does not begin the handshake is let go, and its place is free again", async () => {
  await using listener = await listen({ connections: 1, handshakeTimeoutMs: 50 });
  await closed(connectNet(listener.port, host));
  (await connected(listener.port)).destroy();
});

test("a connection too many is closed at once, and the others stay", async () => {
  await using listener = await listen({ connections: 2 });
  const open = [await connected(listener.port), await connected(listener.port)];
  await closed(connectNet(listener.port, host));
  expect(open.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  for (const socket of open) socket.destroy();
});

test("a peer that is silent after the handshake is let go", async () => {
  await using listener = await listen({}, serveStreams(() => undefined, { firstFrameTimeoutMs: 50 }).accept);
  const silent = await connected(listener.port);
  silent.resume(); // the server's settings
  await closed(silent);
});
