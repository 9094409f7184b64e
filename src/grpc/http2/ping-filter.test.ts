import { expect, test } from "bun:test";
import { connect as connectNet, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { common } from "../../proto/index.ts";
import { createGrpcServer } from "../server/server.ts";
import { echo, echoService, text } from "../testing/echo.ts";
import { countMessages } from "../testing/growing-window-peer.ts";
import { createTestAuthority } from "../testing/identities.ts";
import { socketPath } from "../testing/socket-path.ts";
import { withoutBandwidthPings } from "./ping-filter.ts";

/** Bun 1.4.5 does not add a growing initial window to streams that are open, and so waits for credit that it has. */
test("a peer that widens its windows receives all of a stream", async () => {
  const identity = await (await createTestAuthority()).server();
  await using server = createGrpcServer({ services: echoService().handlers });
  const { port } = await server.listenTls({ host: "127.0.0.1", port: 0, identity, clientCertificate: "none" });
  for (const bytes of [1_000, 30_000, 200_000]) {
    const request = common.Data.encode(text(`endless:${bytes}`)).finish();
    const enough = Math.ceil(5_000_000 / bytes);
    const count = await countMessages(port, echo.serverStream.path, request, enough, 2_000);
    expect(count).toBeGreaterThanOrEqual(enough);
  }
});

const frame = (type: number, flags: number, payload: Uint8Array): Buffer => {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  return Buffer.concat([header, payload]);
};
const bandwidthPing = frame(6, 0, Buffer.from("02041010090e0707", "hex"));

const other = fc
  .record({
    type: fc.constantFrom(0, 1, 4, 6, 8),
    flags: fc.constantFrom(0, 1),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ type, flags, payload }) => frame(type, flags, payload));

test("bandwidth pings go, and not a byte else, however the bytes are cut", async () => {
  await using pipe = await socketPair();
  const skipped = Buffer.alloc(24, "preface");
  const filter = withoutBandwidthPings(pipe.far, 24);
  const received: Buffer[] = [];
  let length = 0;
  let arrival = Promise.withResolvers<void>();
  filter.on("data", (chunk: Buffer) => {
    received.push(chunk);
    length += chunk.length;
    arrival.resolve();
  });
  const until = async (expected: number): Promise<void> => {
    while (length < expected) {
      await arrival.promise;
      arrival = Promise.withResolvers();
    }
  };
  const expected: Buffer[] = [skipped];
  let total = skipped.length;
  pipe.near.write(skipped);

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(other, fc.constant(bandwidthPing)), { maxLength: 20 }),
      fc.array(fc.nat(60), { maxLength: 20 }),
      async (frames, cuts) => {
        const kept = frames.filter((each) => !each.equals(bandwidthPing));
        expected.push(...kept);
        total += kept.reduce((sum, each) => sum + each.length, 0);
        let bytes = Buffer.concat(frames);
        for (const cut of cuts) {
          pipe.near.write(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        pipe.near.write(bytes);
        await until(total);
      },
    ),
  );
  expect(Buffer.concat(received).equals(Buffer.concat(expected))).toBe(true);
});

/** Two ends of one connection. */
async function socketPair(): Promise<AsyncDisposable & { readonly near: Socket; readonly far: Socket }> {
  const path = socketPath();
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer(accepted.resolve);
  const listening = Promise.withResolvers<void>();
  server.listen(path.path, listening.resolve);
  await listening.promise;
  const near = connectNet(path.path);
  const far = await accepted.promise;
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      server.close();
      path[Symbol.dispose]();
    },
  };
}
