import { afterAll, expect, test } from "bun:test";
import { connect } from "../grpc/client/connect.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { roles } from "../pki/role.ts";
import { google } from "../proto/index.ts";
import { methods, rolesFor } from "../proto/methods.ts";
import { startIdleMachine } from "./testing/idle-machine.ts";

const { Empty } = google.protobuf;
const idle = await startIdleMachine();
afterAll(() => idle[Symbol.asyncDispose]());
const { authority, reached, port } = idle;

const paths = [...Object.keys(methods), "machine.MachineService/OfALaterVersion"];

/** How each method answers a holder of these roles, called without a destination, for a node, and for nodes. */
async function answers(...held: readonly string[]): Promise<Map<string, Set<string>>> {
  const tls = await authority.client(...held);
  using channel = connect({ target: { host: "127.0.0.1", port, tls } });
  const ask = async (path: string, metadata: Record<string, string>): Promise<string> => {
    try {
      // Whatever the method's kind: a refusal looks the same for all.
      for await (const _ of channel.serverStream({ path, request: Empty, response: Empty }, {}, { metadata })) break;
      return "OK";
    } catch (thrown) {
      if (!(thrown instanceof StatusError)) throw thrown;
      return thrown.code === Code.unimplemented ? "passed" : `${thrown.code} ${thrown.message}`;
    }
  };
  const entries = paths.map(async (path) => {
    // What a caller claims counts from other nodes alone.
    const claim = held.includes("os:impersonator") ? {} : { "talos-role": "os:admin" };
    const told = [ask(path, {}), ask(path, { node: "127.0.0.1" }), ask(path, claim)];
    return [path, new Set(await Promise.all(told))] as const;
  });
  return new Map(await Promise.all(entries));
}

const refused = `${Code.permissionDenied} not authorized`;
const holders = [...roles.map((role) => [role]), ["os:reader", "os:etcd:backup"], ["os:new"], []];

for (const held of holders) {
  test(`to holders of [${held}] those methods are open that the table says, and the machine hears of no other`, async () => {
    reached.length = 0;
    const told = await answers(...held);
    const open = paths.filter((path) => rolesFor(path).some((role) => held.includes(role)));
    const expected = paths.map((path) => [path, open.includes(path) ? "passed" : refused]);
    expect(paths.map((path) => [path, ...(told.get(path) ?? [])])).toEqual(expected);
    expect([...new Set(reached)].toSorted()).toEqual(open.toSorted());
  });
}
