import { expect, test } from "bun:test";
import { messageOf } from "../errors/message.ts";
import { type Fetching, fetchBounded } from "./fetch-bounded.ts";

const limits = { maximumBytes: 2 << 20, timeoutMs: 15_000, signal: new AbortController().signal };
const about: Fetching = { what: "the answer", place: "the server", ...limits };

function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return { url: `http://127.0.0.1:${server.port}/`, [Symbol.asyncDispose]: () => server.stop(true) };
}

test("what there is is fetched, and what there is not is nothing", async () => {
  await using server = serve(
    ({ headers }) => new Response(headers.get("x-who"), { status: headers.has("x-who") ? 200 : 404 }),
  );
  const found = await fetchBounded(server.url, { ...about, headers: { "x-who": "me" } });
  expect(new TextDecoder().decode(found)).toBe("me");
  expect(await fetchBounded(server.url, about)).toBeUndefined();
});

test("a body without an end is left after so many bytes", async () => {
  const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64 * 1_024)) });
  await using server = serve(() => new Response(endless()));
  expect(await fetchBounded(server.url, about).catch(messageOf)).toBe(
    "Cannot use the server as the answer: it is over 2 MiB",
  );
});

test("who does not answer is left after so long, and who refuses is told", async () => {
  await using silent = serve(() => new Promise(() => {}));
  expect(await fetchBounded(silent.url, { ...about, timeoutMs: 20 }).catch(messageOf)).toStartWith(
    "Cannot fetch the answer from the server",
  );
  await using refusing = serve(() => new Response("", { status: 503 }));
  expect(await fetchBounded(refusing.url, about).catch(messageOf)).toBe(
    "Cannot fetch the answer from the server: HTTP status 503",
  );
});

test("a machine that stops does not wait for an answer", async () => {
  await using silent = serve(() => new Promise(() => {}));
  const stopping = new AbortController();
  const answer = fetchBounded(silent.url, { ...about, signal: stopping.signal }).catch(messageOf);
  stopping.abort();
  expect(await answer).toStartWith("Cannot fetch the answer from the server");
});
