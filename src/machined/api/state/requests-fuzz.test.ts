import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases, hostileMessages } from "../../../../test/support/fuzz.ts";
import { memoryState } from "../../../cosi/memory/memory-state.ts";
import type { Channel } from "../../../grpc/client/channel.ts";
import { connect } from "../../../grpc/client/connect.ts";
import { createGrpcServer } from "../../../grpc/server/server.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { socketPath } from "../../../grpc/testing/socket-path.ts";
import { cosi } from "../../../proto/index.ts";
import { registerTypes } from "../../../resources/register.ts";
import { checkByRole } from "./access.ts";
import { stateHandlers } from "./handlers.ts";

const { GetRequest, ListRequest, WatchRequest } = cosi.resource;
const definitions = { namespace: "meta", type: "ResourceDefinitions.meta.cosi.dev" };

/** A message that is sent as it is, and whose answer nobody reads. */
const raw = { encode: (bytes: Uint8Array) => ({ finish: () => bytes }), decode: (bytes: Uint8Array) => bytes };

/** Good requests, for hostile fields to follow: the last one of a kind counts. */
const beginnings = {
  Get: GetRequest.encode({ ...definitions, id: "namespaces.meta.cosi.dev" }).finish(),
  List: ListRequest.encode({ ...definitions, options: {} }).finish(),
  Watch: WatchRequest.encode({ ...definitions, api_version: 1, options: { bootstrap_contents: true } }).finish(),
  Create: new Uint8Array(),
  Update: new Uint8Array(),
  Destroy: new Uint8Array(),
} as const;
const names = Object.keys(beginnings) as (keyof typeof beginnings)[];

/** How a call ends; of a stream, how its first answers do. */
async function outcome(channel: Channel, name: string, bytes: Uint8Array): Promise<unknown> {
  const method = { path: `cosi.resource.State/${name}`, request: raw, response: raw };
  try {
    for await (const _ of channel.serverStream(method, bytes, { timeoutMs: 10_000 })) return undefined;
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

test("whatever is asked of the state is answered, or refused as the caller's mistake", async () => {
  using socket = socketPath();
  const state = memoryState();
  await registerTypes(state);
  const told: string[] = [];
  const services = stateHandlers({ state, check: checkByRole });
  const server = createGrpcServer({ services, onError: (method, message) => told.push(`${method}: ${message}`) });
  await server.listenUnix(socket.path);
  const ours: readonly Code[] = [Code.internal, Code.unknown, Code.unavailable, Code.deadlineExceeded];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...names), hostileMessages), { maxLength: 20 }),
      async (asked) => {
        // Not one for all: who breaks off a thousand streams in a hurry loses the connection, and rightly so.
        using channel = connect({ target: { unix: socket.path }, metadata: { "talos-role": "os:admin" } });
        for (const [name, bytes] of asked) {
          const thrown = await outcome(channel, name, Buffer.concat([beginnings[name], bytes]));
          if (thrown === undefined) continue;
          expect(thrown).toBeInstanceOf(StatusError);
          expect(ours).not.toContain((thrown as StatusError).code);
        }
      },
    ),
    { numRuns: Math.ceil(fuzzCases(300) / 10) },
  );
  expect(told).toEqual([]);
  await server.close();
});
