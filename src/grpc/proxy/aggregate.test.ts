import { expect, test } from "bun:test";
import fc from "fast-check";
import { common, machine } from "../../proto/index.ts";
import { Code, StatusError } from "../status.ts";
import { failureOf, responseOf, responseWith, streamMessageOf } from "./aggregate.ts";

const name = fc.string({ minLength: 1, maxLength: 200 });

test("joined responses hold every node's elements, each with the node's name", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ node: name, hostnames: fc.array(name) })), (answers) => {
      const joined = Buffer.concat(
        answers.map(({ node, hostnames }) => {
          const messages = hostnames.map((hostname) => ({ hostname, metadata: { error: "kept" } }));
          return responseOf(node, machine.HostnameResponse.encode({ messages }).finish());
        }),
      );
      const { messages } = machine.HostnameResponse.decode(joined);
      expect(messages.map(({ hostname, metadata }) => [metadata?.hostname, hostname, metadata?.error])).toEqual(
        answers.flatMap(({ node, hostnames }) => hostnames.map((hostname) => [node, hostname, "kept"])),
      );
    }),
  );
});

test("fields that are no elements stay as they are", () => {
  const event = machine.Event.encode({ id: "x", actor_id: "y" }).finish();
  expect(Buffer.compare(responseOf("node", event), event)).toBe(0);
});

test("a message of a stream gets its node's name", () => {
  const data = common.Data.encode({ bytes: Buffer.from("line") }).finish();
  const marked = common.Data.decode(Buffer.concat(streamMessageOf("10.0.2.15", data)));
  expect([marked.metadata?.hostname, Buffer.from(marked.bytes).toString()]).toEqual(["10.0.2.15", "line"]);
});

test("a failure is an element that says whose and why", () => {
  const failure = responseWith(failureOf("node-1", new StatusError(Code.unavailable, "connection refused")));
  const [element] = machine.VersionResponse.decode(failure).messages;
  expect(element?.metadata?.hostname).toBe("node-1");
  expect(element?.metadata?.error).toBe("rpc error: code = Unavailable desc = connection refused");
  expect(element?.metadata?.status).toMatchObject({ code: Code.unavailable, message: "connection refused" });
});

test("bytes that are no message are refused, never misread", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        expect(responseOf("n", bytes).length).toBeGreaterThanOrEqual(bytes.length);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RangeError);
      }
    }),
  );
});
