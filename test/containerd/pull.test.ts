import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findImage } from "../../src/containerd/image/find-image.ts";
import type { PullProgress } from "../../src/containerd/image/progress.ts";
import { pullImage } from "../../src/containerd/image/pull-image.ts";
import { messageOf } from "../../src/errors/message.ts";
import { writeImage, writeIndex } from "../../src/oci/layout/write-image.ts";
import { serveLayout } from "../../src/oci/registry/serve-layout.ts";
import { type PrivateContainerd, privateContainerd } from "./private-containerd.ts";

const reference = "registry.test/team/app:v1";
const content = new Blob(Array.from({ length: 128 }, () => crypto.getRandomValues(new Uint8Array(65_536))));

let fixture: PrivateContainerd;
let layout: string;
beforeAll(async () => {
  fixture = await privateContainerd();
  layout = await mkdtemp(join(tmpdir(), "layout-"));
  const entries = [{ kind: "file", path: "big", mode: 0o644, content } as const];
  const image = { reference, architecture: "amd64", entries, entrypoint: ["/x"], environment: ["A=b"] };
  await writeIndex(layout, [await writeImage(layout, image)]);
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await rm(layout, { recursive: true, force: true });
});

/** Serves the layout as the only mirror of the test's registry. */
async function serve(intercept: (path: string) => Response | undefined = () => undefined) {
  const answer = serveLayout(layout);
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      requests.push(pathname + search);
      return intercept(pathname) ?? answer(request);
    },
  });
  await fixture.mirror("registry.test", `http://127.0.0.1:${server.port}`);
  return { requests, [Symbol.dispose]: () => void server.stop(true) };
}

const never = new AbortController().signal;
const find = () => findImage(fixture.containerd.in("k8s.io"), reference);
const isLayer = (path: string) => path.includes("/blobs/");

test("a pull that is called off ends at once, and the next attempt is whole", async () => {
  const stop = new AbortController();
  using stalled = await serve((path) => {
    if (!isLayer(path)) return undefined;
    stop.abort();
    return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  });
  const calledOff = await pullImage(fixture.containerd, { reference, signal: stop.signal }).catch(messageOf);
  expect(calledOff).toContain("Cannot pull image");
  expect(stalled.requests.some(isLayer)).toBe(true);
  expect(await find()).toBeUndefined();
});

test("a mirror that fails for a moment is asked again; the image arrives, is unpacked, and is kept", async () => {
  let failures = 1;
  using registry = await serve((path) => {
    if (!isLayer(path) || failures === 0) return undefined;
    failures -= 1;
    return new Response("", { status: 404 });
  });
  const seen: PullProgress[] = [];
  const pulled = await pullImage(fixture.containerd, {
    reference,
    signal: never,
    progressEveryMs: 1,
    onProgress: (progress) => seen.push(progress),
  });
  expect(pulled).toMatchObject({ name: reference, config: { environment: { A: "b" }, entrypoint: ["/x"] } });
  expect(registry.requests[0]).toContain("ns=registry.test");
  expect(await find()).toEqual(pulled);
  const record = await fixture.containerd.in("k8s.io").images.get(reference);
  expect(record?.labels).toMatchObject({ "io.cri-containerd.pinned": "pinned" });
  expect(seen.at(-1)?.totalBytes).toBeGreaterThan(content.size);
});

test("what nobody has is told so, and not asked for again", async () => {
  using registry = await serve();
  const missing = pullImage(fixture.containerd, { reference: "registry.test/team/none:v1", signal: never });
  expect(await missing.catch(messageOf)).toContain("not found");
  expect(registry.requests.filter((path) => path.includes("/none/")).length).toBeLessThan(3);
});

test("containerd tells what it is", async () => {
  const { introspection, namespaces } = fixture.containerd;
  expect((await introspection.version()).version).toMatch(/^1\.7|^[2-9]/);
  expect(await namespaces.list()).toContain("k8s.io");
  expect((await introspection.plugins()).find(({ id }) => id === "overlayfs")?.error).toBeUndefined();
});
