import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import { Queue } from "../async/queue.ts";
import { claimedRoles } from "../grpc/authorize.ts";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import { Code } from "../grpc/status.ts";
import { aborted } from "../grpc/testing/echo.ts";
import { failureOf } from "../grpc/testing/failure-of.ts";
import { createTestAuthority, type TestAuthority } from "../grpc/testing/identities.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { parseCertificate } from "../pki/index.ts";
import { cosi } from "../proto/index.ts";
import { api, methods } from "../proto/methods.ts";
import { ApiCertificate } from "../resources/secrets/api-certificate.ts";
import { MaintenanceServiceCertificate } from "../resources/secrets/maintenance-service-certificate.ts";
import { run } from "./main.ts";

type Event = cosi.resource.Event.$Properties;
const { CREATED, UPDATED, DESTROYED } = cosi.resource.EventType;
const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());
const machineSocket = resources.use(socketPath());
/** Answers that are held back until a test lets them go. */
let applying = Promise.withResolvers<void>();
let released = Promise.withResolvers<void>();
let rolesSeen: string[] = [];

beforeAll(async () => {
  const machine = resources.use(
    createGrpcServer({
      services: {
        "machine.MachineService/Hostname": implement(methods["machine.MachineService/Hostname"], async () => ({
          messages: [{ hostname: "node" }],
        })),
        "machine.MachineService/ApplyConfiguration": implement(
          methods["machine.MachineService/ApplyConfiguration"],
          async ({ data }, { metadata }) => {
            rolesSeen = [...claimedRoles(metadata)];
            applying.resolve();
            await released.promise;
            return { messages: [{ mode_details: String(data.length) }] };
          },
        ),
        "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], async function* (_, { signal }) {
          yield { event: [] };
          await aborted(signal);
        }),
      },
    }),
  );
  await machine.listenUnix(machineSocket.path);
});

/** apid before a state that a test fills. */
async function startedApid(port = 0) {
  const stateSocket = socketPath();
  const queues = new Map([
    [ApiCertificate.type, new Queue<Event>(10)],
    [MaintenanceServiceCertificate.type, new Queue<Event>(10)],
  ]);
  const state = createGrpcServer({
    services: {
      "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], async function* ({ type }) {
        yield { event: [] };
        for await (const event of queues.get(type) ?? []) yield { event: [event] };
      }),
    },
  });
  await state.listenUnix(stateSocket.path);
  const stopping = new AbortController();
  const listening = new Queue<number>(10);
  const troubles = new Queue<string>(10);
  const running = run({
    machineSocket: machineSocket.path,
    stateSocket: stateSocket.path,
    signal: stopping.signal,
    port,
    onListening: (found) => listening.push(found),
    onTrouble: (text) => troubles.push(text),
  });
  const ports = listening[Symbol.asyncIterator]();
  return {
    tell: (kind: { readonly type: string }, event: Event) => queues.get(kind.type)?.push(event),
    nextTrouble: async () => (await troubles[Symbol.asyncIterator]().next()).value ?? "",
    /** Where it listens, after the next change. */
    nextPort: async () => (await ports.next()).value ?? 0,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      await state.close();
      stateSocket[Symbol.dispose]();
    },
  };
}

const pem = ({ certificate, key }: TlsIdentity) => ({ crt: Buffer.from(certificate), key: Buffer.from(key) });
const nobody = { crt: new Uint8Array(), key: new Uint8Array() };

function eventOf(
  { namespace, type }: { readonly namespace: string; readonly type: string },
  id: string,
  proto_spec: Uint8Array,
  event_type: cosi.resource.EventType,
): Event {
  const metadata = { namespace, type, id, version: "1", phase: "running" };
  const resource = { metadata, spec: { proto_spec } };
  return { event_type, resource, ...(event_type === UPDATED ? { old: resource } : {}) };
}

/** The event of the state that carries an authority's certificates for this node. */
async function certificatesOf(authority: TestAuthority, type: cosi.resource.EventType): Promise<Event> {
  const acceptedCAs = [{ crt: Buffer.from(authority.certificate) }];
  const server = pem(await authority.server());
  return eventOf(ApiCertificate, "api", ApiCertificate.encodeProto({ acceptedCAs, server, client: nobody }), type);
}

const maintenanceEvent = (identity: TlsIdentity, type: cosi.resource.EventType): Event =>
  eventOf(
    MaintenanceServiceCertificate,
    "maintenance",
    MaintenanceServiceCertificate.encodeProto({ ca: nobody, server: pem(identity) }),
    type,
  );

const hostname = async (authority: TestAuthority, port: number): Promise<string | undefined> => {
  using channel = connect({ target: { host: "127.0.0.1", port, tls: await authority.client("os:reader") } });
  return (await channel.unary(api("machine.MachineService/Hostname"), {}, { timeoutMs: 15_000 })).messages[0]?.hostname;
};

test("apid waits for certificates, serves, takes renewed ones over, and ends when told", async () => {
  await using apid = await startedApid();
  const [first, second] = [await createTestAuthority(), await createTestAuthority()];
  apid.tell(ApiCertificate, await certificatesOf(first, CREATED));
  const port = await apid.nextPort();
  expect(await hostname(first, port)).toBe("node");
  apid.tell(ApiCertificate, await certificatesOf(second, UPDATED));
  expect(await apid.nextPort()).toBe(port);
  expect(await hostname(second, port)).toBe("node");
  expect(await hostname(first, port).catch(() => "refused")).toBe("refused");
});

test("a port that is taken is tried again", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "::", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await using apid = await startedApid(port);
  const authority = await createTestAuthority();
  apid.tell(ApiCertificate, await certificatesOf(authority, CREATED));
  expect(await apid.nextTrouble()).toContain(`Cannot listen on port ${port}`);
  other.close();
  expect(await apid.nextPort()).toBe(port);
  expect(await hostname(authority, port)).toBe("node");
});

test("a machine without a config answers everybody a little, and nobody once it is configured", async () => {
  await using apid = await startedApid();
  applying = Promise.withResolvers();
  released = Promise.withResolvers();
  const shown = await (await createTestAuthority()).server();
  apid.tell(MaintenanceServiceCertificate, maintenanceEvent(shown, CREATED));
  const port = await apid.nextPort();
  const { fingerprint } = parseCertificate(shown.certificate);
  const target = { host: "127.0.0.1", port, tls: {}, fingerprints: [fingerprint] };
  using stranger = connect({ target });
  // Who is asked for is not looked at: there is nobody to pass it on to.
  const routed = { metadata: { nodes: ["10.9.9.9", "10.9.9.8"], "talos-role": "os:admin" }, timeoutMs: 15_000 };
  expect(await failureOf(stranger.unary(api("machine.MachineService/Version"), {}, routed))).toEqual([
    Code.unimplemented,
    "API is not implemented in maintenance mode",
  ]);
  expect(await failureOf(stranger.unary(api("machine.MachineService/Hostname"), {}))).toEqual([
    Code.unimplemented,
    "method Hostname not implemented",
  ]);
  expect(await failureOf(stranger.unary(api("time.TimeService/Time"), {}))).toEqual([
    Code.unimplemented,
    "unknown service time.TimeService",
  ]);
  const watching = failureOf(Array.fromAsync(stranger.serverStream(api("cosi.resource.State/Watch"), {})));
  const applied = stranger.unary(
    api("machine.MachineService/ApplyConfiguration"),
    { data: Buffer.alloc(70_000) },
    routed,
  );
  await applying.promise;
  expect(rolesSeen).toEqual(["os:reader"]);

  // The config that has just come makes the machine know whom to trust.
  const authority = await createTestAuthority();
  apid.tell(MaintenanceServiceCertificate, maintenanceEvent(shown, DESTROYED));
  apid.tell(ApiCertificate, await certificatesOf(authority, CREATED));
  await apid.nextPort();
  expect((await watching)[0]).toBe(Code.unavailable);
  released.resolve();
  expect((await applied).messages[0]?.mode_details).toBe("70000");
  expect(await hostname(authority, port)).toBe("node");
  // A new connection is asked for a certificate.
  using again = connect({ target: { host: "127.0.0.1", port, tls: {} } });
  const [code] = await failureOf(again.unary(api("cosi.resource.State/Get"), {}, { timeoutMs: 15_000 }));
  expect(code).toBe(Code.unavailable);
});
