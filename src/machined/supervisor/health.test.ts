import { expect, test } from "bun:test";
import { askHealthPage } from "./health.ts";

const { signal } = new AbortController();
const problemAt = (url: string): Promise<string> =>
  askHealthPage(url, signal).then(
    () => "none",
    (thrown: Error) => thrown.message,
  );

test("a health page tells its problem, and a closed port that it is closed", async () => {
  let healthy = true;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => (healthy ? new Response("ok") : new Response("no syncing", { status: 500 })),
  });
  const url = `http://127.0.0.1:${server.port}/healthz`;
  expect(await problemAt(url)).toBe("none");
  healthy = false;
  expect(await problemAt(url)).toBe("Cannot call it healthy: no syncing");
  await server.stop(true);
  expect(await problemAt(url)).toBe(`Cannot reach ${url}: connection refused`);
});
