import { expect, test } from "bun:test";
import { pause } from "../../async/pause.ts";
import { connect } from "../client/connect.ts";
import { implement } from "../implement.ts";
import { createGrpcServer } from "../server/server.ts";
import { echo, text, textOf } from "../testing/echo.ts";
import { settled } from "../testing/eventually.ts";
import { socketPath } from "../testing/socket-path.ts";

/** Bun 1.4.5: a write from a timer is not sent while another stream of its connection is blocked by flow control. */
test("a stream that nobody reads does not freeze the others of its connection", async () => {
  using socket = socketPath();
  let produced = 0;
  await using server = createGrpcServer({
    services: {
      [echo.serverStream.path]: implement(echo.serverStream, async function* (request, { signal }) {
        if (textOf(request) === "endless") {
          while (!signal.aborted) {
            produced += 1;
            yield { bytes: new Uint8Array(16_384) };
          }
          return;
        }
        for (let tick = 0; tick < 5; tick += 1) {
          await pause(2); // its timer is what the test is about
          yield text(String(tick));
        }
      }),
    },
  });
  await server.listenUnix(socket.path);
  using channel = connect({ target: { unix: socket.path } });

  const paused = channel.serverStream(echo.serverStream, text("endless"))[Symbol.asyncIterator]();
  await paused.next();
  // Blocked: the producer has made all that the window and the buffers take, and makes no more.
  await settled(() => produced);

  const ticks = await Array.fromAsync(channel.serverStream(echo.serverStream, text("ticks"), { timeoutMs: 15_000 }));
  expect(ticks.map(textOf)).toEqual(["0", "1", "2", "3", "4"]);
  await paused.return?.();
});
