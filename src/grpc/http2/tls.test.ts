import { expect, test } from "bun:test";
import { signCertificate } from "../../pki/index.ts";
import { connect } from "../client/connect.ts";
import { createGrpcServer, type GrpcServer } from "../server/server.ts";
import { Code, StatusError } from "../status.ts";
import type { TlsTarget } from "../target.ts";
import { echo, echoService, text, textOf } from "../testing/echo.ts";
import { createTestAuthority } from "../testing/identities.ts";
import type { TlsListener } from "./listen-tls.ts";

const authority = await createTestAuthority();
const identity = await authority.server();

async function listening(
  server: GrpcServer,
  clientCertificate: "required" | "none" = "required",
): Promise<TlsListener> {
  return server.listenTls({ host: "127.0.0.1", port: 0, identity, clientCertificate });
}

async function call(target: TlsTarget | readonly TlsTarget[]): Promise<string> {
  using channel = connect({ target });
  return textOf(await channel.unary(echo.unary, text("hello")));
}

async function failure(target: TlsTarget): Promise<StatusError> {
  const thrown = await call(target).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof StatusError)) throw new Error(`expected a status, got ${thrown}`);
  expect(thrown.code).toBe(Code.unavailable);
  return thrown;
}

test("a client certificate of the authority is let in, and its roles are seen", async () => {
  const organizations: (readonly string[])[] = [];
  await using server = createGrpcServer({
    services: echoService().handlers,
    interceptors: [({ peer }) => void organizations.push(peer.certificate?.organizations ?? [])],
  });
  const { port } = await listening(server);
  for (const roles of [["os:admin"], ["os:operator", "os:reader"]]) {
    expect(await call({ host: "127.0.0.1", port, tls: await authority.client(...roles) })).toBe("hello");
  }
  expect(organizations.map((roles) => roles.toSorted())).toEqual([["os:admin"], ["os:operator", "os:reader"]]);
});

test("no certificate, or another authority's, is refused with a reason", async () => {
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await listening(server);
  const at = { host: "127.0.0.1", port };
  const { authorities } = identity;
  expect((await failure({ ...at, tls: { authorities } })).message).toBe(
    `Cannot reach 127.0.0.1:${port}: it requires a client certificate, and none was shown`,
  );
  const stranger = await (await createTestAuthority()).client("os:admin");
  expect((await failure({ ...at, tls: { ...stranger, authorities } })).message).toBe(
    `Cannot reach 127.0.0.1:${port}: it closed the connection right after the handshake`,
  );
});

test("a certificate that is not good for it now is refused, and the client is told what is wrong with it", async () => {
  await using server = createGrpcServer({ services: echoService().handlers });
  const at = { host: "127.0.0.1", port: (await listening(server)).port };
  const hourMs = 3_600_000;
  const refused = async (usage: "clientAuth" | "serverAuth", fromMs: number) => {
    const now = () => new Date(Date.now() + fromMs);
    const organizations = ["os:admin"];
    const signed = await signCertificate(authority, { organizations, usages: [usage], validForMs: hourMs, now });
    const { message, hint } = await failure({ ...at, tls: { ...identity, ...signed } });
    return [message.replace(/^.*?: /, "").replace(/[-0-9]+T[:.0-9]+Z/, "then"), hint];
  };
  expect([
    await refused("clientAuth", -2 * hourMs),
    await refused("clientAuth", hourMs),
    await refused("serverAuth", -60_000),
  ]).toEqual([
    ["our certificate expired at then", "Make a new client configuration"],
    ["our certificate is not valid before then", "Is this machine's clock right?"],
    ["our certificate is not one for clients", "Use the client configuration that was made for this cluster"],
  ]);
  // And the door stays open to others.
  expect(await call({ ...at, tls: await authority.client("os:reader") })).toBe("hello");
});

test("a server of another authority is refused with a reason", async () => {
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await listening(server);
  const stranger = await (await createTestAuthority()).client("os:admin");
  expect((await failure({ host: "127.0.0.1", port, tls: stranger })).message).toBe(
    `Cannot reach 127.0.0.1:${port}: its certificate is not signed by an authority we trust`,
  );
});

test("a server whose certificate is for other names is refused with a reason", async () => {
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await server.listenTls({ host: "0.0.0.0", port: 0, identity, clientCertificate: "required" });
  const tls = await authority.client("os:admin");
  expect(await call({ host: "127.0.0.2", port, tls })).toBe("hello");
  expect((await failure({ host: "127.0.0.9", port, tls })).message).toBe(
    `Cannot reach 127.0.0.9:${port}: its certificate is not valid for this name or address`,
  );
});

test("nobody listening is said so", async () => {
  const server = createGrpcServer({ services: {} });
  const { port } = await listening(server);
  await server.close();
  const refused = await failure({ host: "127.0.0.1", port, tls: identity });
  expect(refused.message).toBe(`Cannot reach 127.0.0.1:${port}: connection refused`);
  expect(refused.hint).toBeString();
});

test("of several servers the first that answers is used", async () => {
  const closed = createGrpcServer({ services: {} });
  const { port: closedPort } = await listening(closed);
  await closed.close();
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await listening(server);
  const tls = await authority.client("os:admin");
  expect(await call([closedPort, port].map((each) => ({ host: "127.0.0.1", port: each, tls })))).toBe("hello");
});

test("without authorities the server is trusted only by its fingerprint, if one is given", async () => {
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await listening(server, "none");
  const at = { host: "127.0.0.1", port, tls: {} };
  expect(await call(at)).toBe("hello");
  const refused = await failure({ ...at, fingerprints: ["AAAA"] });
  const fingerprint = /fingerprint (\S+),/.exec(refused.message)?.[1] ?? "";
  expect(await call({ ...at, fingerprints: [fingerprint] })).toBe("hello");
});

test("a new identity is shown to new connections, and open ones go on", async () => {
  const service = echoService();
  await using server = createGrpcServer({ services: service.handlers });
  const listener = await listening(server);
  const at = { host: "127.0.0.1", port: listener.port };
  const replaced = Promise.withResolvers<void>();
  using open = connect({ target: { ...at, tls: await authority.client("os:admin") } });
  const stream = open
    .bidi(
      echo.bidi,
      (async function* () {
        yield text("before");
        await replaced.promise;
        yield text("after");
      })(),
    )
    [Symbol.asyncIterator]();
  await stream.next();

  const next = await createTestAuthority();
  listener.replaceIdentity(await next.server());
  replaced.resolve();
  const after = await stream.next();
  expect(after.done ? "" : textOf(after.value)).toBe("after");
  expect(await call({ ...at, tls: await next.client("os:admin") })).toBe("hello");
  await failure({ ...at, tls: await authority.client("os:admin") });
  // An old client that trusts the new server is refused by it.
  const old = await authority.client("os:admin");
  await failure({ ...at, tls: { ...old, authorities: [next.certificate] } });
});
