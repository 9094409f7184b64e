import { expect, test } from "bun:test";
import { Queue } from "../async/queue.ts";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import { createTestAuthority, type TestAuthority } from "../grpc/testing/identities.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import { cosi } from "../proto/index.ts";
import { api, methods } from "../proto/methods.ts";
import { ApiCertificate } from "../resources/secrets/api-certificate.ts";
import { run } from "./main.ts";

type Event = cosi.resource.Event.$Properties;
const { namespace, type } = ApiCertificate;
const metadata = { namespace, type, id: "api", version: "1", phase: "running" };
const { CREATED, UPDATED, DESTROYED } = cosi.resource.EventType;

/** The event of the state that carries an authority's certificates for this node. */
async function certificatesOf(authority: TestAuthority, event_type: cosi.resource.EventType): Promise<Event> {
  const { certificate, key } = await authority.server();
  const proto_spec = ApiCertificate.encodeProto({
    acceptedCAs: [{ crt: Buffer.from(authority.certificate) }],
    server: { crt: Buffer.from(certificate), key: Buffer.from(key) },
    client: { crt: new Uint8Array(), key: new Uint8Array() },
  });
  const resource = { metadata, spec: { proto_spec } };
  return { event_type, resource, ...(event_type === UPDATED ? { old: resource } : {}) };
}

test("apid waits for certificates, serves, takes renewed ones over, and ends when told", async () => {
  using machineSocket = socketPath();
  using stateSocket = socketPath();
  const events = new Queue<Event>(10);
  events.push({ event_type: DESTROYED, resource: { metadata, spec: { proto_spec: new Uint8Array() } } });
  const applied = Promise.withResolvers<void>();
  await using state = createGrpcServer({
    services: {
      "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], async function* (request) {
        expect([request.namespace, request.type, request.id]).toEqual(["secrets", ApiCertificate.type, "api"]);
        yield { event: [] };
        for await (const event of events) {
          yield { event: [event] };
          if (event.event_type === UPDATED) applied.resolve();
        }
      }),
    },
  });
  await state.listenUnix(stateSocket.path);
  await using machine = createGrpcServer({
    services: {
      "machine.MachineService/Hostname": implement(methods["machine.MachineService/Hostname"], async () => ({
        messages: [{ hostname: "node" }],
      })),
    },
  });
  await machine.listenUnix(machineSocket.path);

  const stopping = new AbortController();
  const listening = Promise.withResolvers<number>();
  const running = run({
    machineSocket: machineSocket.path,
    stateSocket: stateSocket.path,
    signal: stopping.signal,
    port: 0,
    onListening: listening.resolve,
  });
  const hostname = async (authority: TestAuthority, port: number): Promise<string | undefined> => {
    using channel = connect({ target: { host: "127.0.0.1", port, tls: await authority.client("os:reader") } });
    return (await channel.unary(api("machine.MachineService/Hostname"), {})).messages[0]?.hostname;
  };

  const [first, second] = [await createTestAuthority(), await createTestAuthority()];
  events.push(await certificatesOf(first, CREATED));
  const port = await listening.promise;
  expect(await hostname(first, port)).toBe("node");

  events.push(await certificatesOf(second, UPDATED));
  await applied.promise;
  expect(await untilAnswered(() => hostname(second, port))).toBe("node");

  stopping.abort();
  await running;
});

/** The event is on its way when its sender has sent it: tries until it has arrived. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
