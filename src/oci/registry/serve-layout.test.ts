import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { digestOf } from "../digest.ts";
import { writeImage, writeIndex } from "../layout/write-image.ts";
import { MediaType } from "../media-type.ts";
import { parseRange } from "./byte-range.ts";
import { serveLayout } from "./serve-layout.ts";

const layout = await mkdtemp(join(tmpdir(), "machined-layout-"));
const image = await writeImage(layout, {
  reference: "registry.test/tools/hello:v1",
  architecture: "amd64",
  entries: [{ kind: "file", path: "hello", mode: 0o755, content: new Blob(["hello, world"]) }],
  entrypoint: ["/hello"],
});
await writeIndex(layout, [image]);
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: serveLayout(layout) });
afterAll(async () => {
  await server.stop(true);
  await rm(layout, { recursive: true, force: true });
});
const ask = async (path: string, init?: RequestInit) => await fetch(new URL(path, server.url), init);

test("an image is pulled by its tag, as from a mirror", async () => {
  const reply = await ask("/v2/tools/hello/manifests/v1?ns=registry.test");
  expect(reply.headers.get("content-type")).toBe(MediaType.manifest);
  expect(reply.headers.get("docker-content-digest")).toBe(image.digest);
  const text = await reply.text();
  expect(digestOf(text)).toBe(image.digest);

  const manifest = JSON.parse(text);
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    const bytes = await (await ask(`/v2/tools/hello/blobs/${digest}?ns=registry.test`)).bytes();
    expect(digestOf(bytes)).toBe(digest);
    expect(bytes.length).toBe(size);
  }
});

test("without a namespace the path is enough; by digest, too", async () => {
  for (const path of ["/v2/tools/hello/manifests/v1", `/v2/anything/manifests/${image.digest}`]) {
    expect(digestOf(await (await ask(path)).text())).toBe(image.digest);
  }
});

test("HEAD tells the size and sends nothing", async () => {
  const reply = await ask("/v2/tools/hello/manifests/v1", { method: "HEAD" });
  expect(reply.headers.get("content-length")).toBe(String(image.size));
  expect(await reply.text()).toBe("");
});

test("a broken download goes on where it stopped", async () => {
  const path = `/v2/tools/hello/blobs/${image.digest}`;
  const whole = await (await ask(path)).text();
  const rest = await ask(path, { headers: { range: "bytes=10-" } });
  expect(rest.status).toBe(206);
  expect(rest.headers.get("content-range")).toBe(`bytes 10-${whole.length - 1}/${whole.length}`);
  expect(await rest.text()).toBe(whole.slice(10));
  expect((await ask(path, { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
});

describe("what it has not got", () => {
  test.each([
    ["/v2/tools/hello/manifests/v2", 404],
    ["/v2/tools/hello/manifests/v1?ns=other.test", 404],
    [`/v2/tools/hello/blobs/sha256:${"0".repeat(64)}`, 404],
    ["/v2/tools/hello/blobs/..%2f..%2findex.json", 404],
    ["/v2/_catalog", 404],
  ])("%s", async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  test("a push", async () => {
    expect((await ask("/v2/tools/hello/blobs/uploads/", { method: "POST" })).status).toBe(405);
  });
});

test("a range never leads out of the blob", () => {
  fc.assert(
    fc.property(
      fc.option(fc.nat(50), { nil: "" }),
      fc.option(fc.nat(50), { nil: "" }),
      fc.nat(40),
      (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (range === undefined || range === "unsatisfiable") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(size);
      },
    ),
  );
});
