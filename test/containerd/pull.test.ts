import { afterAll, beforeAll, expect, test } from "bun:test";
import { findImage, type PullProgress, pullImage } from "../../src/containerd/pull/pull.ts";
import { noRegistries } from "../../src/containerd/registry/mirrors.ts";
import { makeImage } from "../../src/containerd/testing/image.ts";
import { serveImage } from "../../src/containerd/testing/registry.ts";
import { messageOf } from "../../src/errors/message.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { type PrivateContainerd, privateContainerd } from "./private-containerd.ts";

const text = (path: string, content: string | Uint8Array<ArrayBuffer>): FileEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  content: new Blob([content]),
});
const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const big = Buffer.concat(Array.from({ length: 96 }, () => noise(65_536)));

let fixture: PrivateContainerd;
beforeAll(async () => {
  fixture = await privateContainerd();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const mirrored = (url: string) => ({
  ...noRegistries,
  mirrors: { "registry.test": { endpoints: [{ endpoint: url, overridePath: false }], skipFallback: true } },
});

test("an image arrives whole, is unpacked, and is not fetched twice", async () => {
  const image = await makeImage([[text("a", "one")], [text("big", big)]], { Env: ["A=b"], Entrypoint: ["/x"] });
  using registry = serveImage(image);
  const namespace = fixture.containerd.in("pull");
  const seen: PullProgress[] = [];
  const options = {
    reference: "registry.test/app:v1",
    registries: mirrored(registry.url),
    onProgress: (progress: PullProgress) => seen.push(progress),
  };
  expect(await findImage(namespace, options.reference)).toBeUndefined();
  const pulled = await pullImage(namespace, options);
  expect(pulled).toMatchObject({
    name: "registry.test/app:v1",
    config: { environment: { A: "b" }, entrypoint: ["/x"] },
  });
  expect(await findImage(namespace, options.reference)).toEqual(pulled);
  expect(seen.at(-1)).toMatchObject({ unpackedLayers: 2, totalLayers: 2 });
  expect(seen.at(-1)?.fetchedBytes).toBeGreaterThan(big.length);

  expect(await namespace.leases.list()).toEqual([]);

  registry.requests.length = 0;
  await pullImage(namespace, options);
  expect(registry.requests.filter((path) => path.includes("/blobs/"))).toEqual([]);
});

test("a blob that is not what it claims to be is refused, and the next attempt starts afresh", async () => {
  const image = await makeImage([[text("b", noise(50_000))]]);
  let lying = true;
  using registry = serveImage(image, {
    intercept: (request) => {
      const layer = image.layers[0];
      if (!lying || layer === undefined || !request.url.includes(layer.digest)) return undefined;
      return new Response(new Uint8Array(layer.size));
    },
  });
  const namespace = fixture.containerd.in("lies");
  const options = { reference: "registry.test/lies", registries: mirrored(registry.url) };
  expect(await pullImage(namespace, options).catch(messageOf)).toContain("have another digest");
  lying = false;
  expect((await pullImage(namespace, options)).topLayer).toStartWith("sha256:");
});

test("a pull that is called off leaves nothing behind, and the next one resumes", async () => {
  const image = await makeImage([[text("c", big)]]);
  const stop = new AbortController();
  using registry = serveImage(image);
  const namespace = fixture.containerd.in("stop");
  const options = { reference: "registry.test/stop", registries: mirrored(registry.url) };
  const onProgress = ({ fetchedBytes }: PullProgress) => {
    if (fetchedBytes > 1_000_000) stop.abort();
  };
  await expect(pullImage(namespace, { ...options, onProgress, signal: stop.signal })).rejects.toThrow(
    "Cannot pull image",
  );
  expect(await namespace.leases.list()).toEqual([]);
  await pullImage(namespace, options);
  expect(await findImage(namespace, options.reference)).toBeDefined();
});

test("containerd tells what it is", async () => {
  const { introspection, namespaces } = fixture.containerd;
  expect((await introspection.version()).version).toMatch(/\d/);
  expect(await namespaces.list()).toContain("pull");
  expect((await introspection.plugins()).find(({ id }) => id === "overlayfs")?.error).toBeUndefined();
});
