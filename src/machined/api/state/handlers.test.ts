import { expect, test } from "bun:test";
import { conformance, PathKind } from "../../../cosi/conformance.ts";
import { memoryState } from "../../../cosi/memory/memory-state.ts";
import type { State } from "../../../cosi/state.ts";
import { wireState } from "../../../cosi/wire/wire-state.ts";
import type { Channel } from "../../../grpc/client/channel.ts";
import { connect } from "../../../grpc/client/connect.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import { api } from "../../../proto/methods.ts";
import { defineResource } from "../../../resources/define.ts";
import { string } from "../../../resources/fields/index.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { registerTypes } from "../../../resources/register.ts";
import { resourceType } from "../../../resources/registry.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { checkByRole, checkByType } from "./access.ts";
import { type StateService, stateHandlers } from "./handlers.ts";

const Paths = defineResource({ ...PathKind, spec: { path: string(1) } });
const codecOf = (type: string) => (type === Paths.type ? Paths : resourceType(type));

interface Served extends AsyncDisposable {
  readonly local: State;
  readonly remote: State;
  readonly channel: Channel;
}

async function served(service: Partial<StateService>, role = "os:reader"): Promise<Served> {
  const socket = socketPath();
  const local = memoryState();
  const server = createGrpcServer({
    services: stateHandlers({ state: local, check: checkByRole, codecOf, ...service }),
  });
  await server.listenUnix(socket.path);
  const channel = connect({ target: { unix: socket.path }, metadata: { "talos-role": role } });
  return {
    local,
    remote: wireState(channel, codecOf),
    channel,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.close();
      socket[Symbol.dispose]();
    },
  };
}

conformance("a remote", async () => {
  const { remote, [Symbol.asyncDispose]: close } = await served({ check: () => undefined, writable: true });
  return { state: remote, [Symbol.asyncDispose]: close };
});

test("clients learn of all types, and read resources with proto and YAML", async () => {
  await using machine = await served({});
  await registerTypes(machine.local);
  await machine.local.create(HostnameStatus, "hostname", { hostname: "n1", domainname: "" });
  const definitions = await machine.remote.list({ type: "ResourceDefinitions.meta.cosi.dev", namespace: "meta" });
  expect(definitions.length).toBeGreaterThan(159);
  const reply = await machine.channel.unary(api("cosi.resource.State/Get"), {
    namespace: "network",
    type: HostnameStatus.type,
    id: "hostname",
  });
  expect(reply.resource?.spec?.yaml_spec).toBe('hostname: n1\ndomainname: ""\n');
  expect(reply.resource?.metadata).toMatchObject({ version: "1", phase: "running" });
});

test("a watch begins with an empty response", async () => {
  await using machine = await served({});
  const method = api("cosi.resource.State/Watch");
  const request = { namespace: "network", type: HostnameStatus.type, api_version: 1 };
  const replies = machine.channel.serverStream(method, request)[Symbol.asyncIterator]();
  expect((await replies.next()).value).toMatchObject({ event: [] });
  await machine.local.create(HostnameStatus, "hostname", { hostname: "n1", domainname: "" });
  expect((await replies.next()).value).toMatchObject({ event: [{ resource: { metadata: { id: "hostname" } } }] });
  await replies.return?.();
});

test("a watch that the client leaves ends on the server", async () => {
  await using machine = await served({});
  const leaving = new AbortController();
  const events = machine.remote.watch(HostnameStatus, { bootstrapContents: true, signal: leaving.signal });
  const iterator = events[Symbol.asyncIterator]();
  await iterator.next();
  leaving.abort();
  expect((await iterator.next()).done).toBeTrue();
});

const refusals: readonly [string, (machine: Served) => Promise<unknown>, Code, string][] = [
  [
    "a write",
    ({ remote }) => remote.create(HostnameStatus, "h", { hostname: "", domainname: "" }),
    Code.permissionDenied,
    "write access is not allowed",
  ],
  [
    "an unknown type",
    ({ remote }) => remote.get({ type: "Foos.talos.dev", namespace: "network" }, "a"),
    Code.permissionDenied,
    'resource type "Foos.talos.dev" is not supported',
  ],
  [
    "an unknown namespace",
    ({ remote }) => remote.list(HostnameStatus, { namespace: "foo" }),
    Code.permissionDenied,
    'namespace "foo" is not supported',
  ],
  ["a secret", ({ remote }) => remote.get(OSRootSecret, "os"), Code.permissionDenied, "not authorized"],
  [
    "a costly pattern",
    ({ remote }) => remote.list(HostnameStatus, { ids: /(a+)+$/ }),
    Code.invalidArgument,
    "repeats a group",
  ],
];

test.each(refusals)("%s is refused to a reader", async (_name, ask, code, message) => {
  await using machine = await served({});
  const error = await ask(machine).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StatusError);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
});

test("what is missing is NotFound, with the resource's name", async () => {
  await using machine = await served({});
  const method = api("cosi.resource.State/Get");
  const asking = machine.channel.unary(method, { namespace: "network", type: HostnameStatus.type, id: "x" });
  await expect(asking).rejects.toMatchObject({
    code: Code.notFound,
    message: "resource HostnameStatuses.net.talos.dev(network/x) doesn't exist",
  });
});

test("administrators read secrets", async () => {
  await using machine = await served({}, "os:admin");
  expect(await machine.remote.get(OSRootSecret, "os")).toBeUndefined();
});

test("a process's own socket shows its types and no others", async () => {
  await using machine = await served({ check: checkByType(OSRootSecret) });
  expect(await machine.remote.get(OSRootSecret, "os")).toBeUndefined();
  const error = await machine.remote.get(HostnameStatus, "hostname").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: Code.permissionDenied, message: "not authorized" });
});
