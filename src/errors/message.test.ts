import { expect, test } from "bun:test";
import { freePorts } from "../../test/support/free-ports.ts";
import { Failure } from "./failure.ts";
import { codeOf, messageOf } from "./message.ts";

test("causes are told after what they caused, each once", () => {
  const cause = new Error("no such host");
  expect(messageOf(new Failure("Cannot start etcd", { cause }))).toBe("Cannot start etcd: no such host");
  expect(messageOf(new Failure("Cannot start etcd: no such host", { cause }))).toBe("Cannot start etcd: no such host");
  expect(messageOf("text")).toBe("text");
});

test("a connection that breaks or was never made is told without the runtime's advice", async () => {
  using server = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      open: (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
      data: (socket) => void socket.terminate(),
    },
  });
  const broken = await fetch(`http://127.0.0.1:${server.port}`)
    .then((response) => response.text())
    .catch((thrown: unknown) => thrown);
  const [free] = freePorts(1);
  const refused = await fetch(`http://127.0.0.1:${free}`).catch((thrown: unknown) => thrown);
  expect([broken, refused].map((thrown) => codeOf(thrown))).toEqual(["ECONNRESET", "ECONNREFUSED"]);
  expect(messageOf(new Failure("Cannot watch /api", { cause: broken }))).toMatch(
    /^Cannot watch \/api: (ECONNRESET: )?The socket connection was closed unexpectedly$/,
  );
  expect(messageOf(refused)).toMatch(/Unable to connect$/);
  expect(messageOf(new Error("ENETUNREACH: Was there a typo in the url or port?"))).toBe("ENETUNREACH");
});

test("what may be followed by a hint has no full stop", async () => {
  using silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const signal = AbortSignal.timeout(20);
  const late = await fetch(`http://127.0.0.1:${silent.port}`, { signal }).catch((thrown: unknown) => thrown);
  expect(messageOf(new Failure("Cannot fetch a token", { cause: late }))).toBe(
    "Cannot fetch a token: The operation timed out",
  );
  expect(messageOf(new Error("and so on..."))).toBe("and so on...");
});
