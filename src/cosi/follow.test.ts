import { expect, test } from "bun:test";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import { cosi } from "../proto/index.ts";
import { methods } from "../proto/methods.ts";
import { follow } from "./follow.ts";

const { CREATED, UPDATED, DESTROYED } = cosi.resource.EventType;
const kind = {
  type: "Things.test",
  namespace: "test",
  decodeProto: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
  encodeProto: (spec: unknown) => Buffer.from(String(spec)),
  toYaml: String,
};
const metadata = { namespace: kind.namespace, type: kind.type, id: "x", version: "1", phase: "running" };
const event = (event_type: cosi.resource.EventType, spec: string) => ({
  event: [
    {
      event_type,
      ...(event_type === UPDATED ? { old: { metadata, spec: {} } } : {}),
      resource: { metadata, spec: { proto_spec: Buffer.from(spec) } },
    },
  ],
});

test("a resource is followed through changes, its absence, and broken watches", async () => {
  using socket = socketPath();
  let watches = 0;
  await using server = createGrpcServer({
    services: {
      "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], async function* () {
        watches += 1;
        yield { event: [] };
        if (watches === 1) {
          yield event(DESTROYED, "");
          yield event(CREATED, "one");
          throw new StatusError(Code.unavailable, "the state restarts");
        }
        yield event(CREATED, "two");
        yield event(UPDATED, "three");
      }),
    },
  });
  await server.listenUnix(socket.path);
  using channel = connect({ target: { unix: socket.path } });
  const stopping = new AbortController();
  const retries: string[] = [];
  const seen: (string | undefined)[] = [];
  for await (const spec of follow(channel, kind, "x", {
    signal: stopping.signal,
    onRetry: (why) => retries.push(why),
  })) {
    seen.push(spec);
    if (spec === "three") stopping.abort();
  }
  expect(seen).toEqual([undefined, "one", "two", "three"]);
  expect(retries).toEqual(['Cannot watch Things.test "x": the state restarts']);
});
