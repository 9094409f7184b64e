import { expect, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import { parseImageReference } from "../../oci/image-reference.ts";
import { resolveImage } from "../pull/resolve.ts";
import { makeImage } from "../testing/image.ts";
import { serveImage, type TestRegistryOptions } from "../testing/registry.ts";
import { fetchBlob } from "./blob.ts";
import { noRegistries, type Registries } from "./mirrors.ts";
import { registrySession } from "./session.ts";

const reference = parseImageReference("registry.test/a/b:v1");
const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
const noise = crypto.getRandomValues(new Uint8Array(65_536));
const image = await makeImage([[{ kind: "file", path: "noise", mode: 0o644, content: new Blob([noise]) }]]);
const layer = image.layers[0] ?? { mediaType: "", digest: "", size: 0 };

const mirroredTo = (...urls: string[]): Registries => ({
  ...noRegistries,
  mirrors: {
    "registry.test": { endpoints: urls.map((endpoint) => ({ endpoint, overridePath: false })), skipFallback: true },
  },
});
const serve = (options?: TestRegistryOptions) => serveImage(image, options);
const resolveFrom = (registries: Registries) =>
  resolveImage(registrySession(reference, registries), reference, platform);
async function layerFrom(registries: Registries, offset = 0): Promise<Uint8Array> {
  const session = registrySession(reference, registries);
  return Buffer.concat(await Array.fromAsync(fetchBlob(session, { ...layer, offset })));
}

test("a mirror learns whose image is meant, and the index leads to our platform's manifest", async () => {
  using registry = serve();
  const resolved = await resolveFrom(mirroredTo(registry.url));
  expect(resolved.manifest.descriptor.digest).toBe(image.manifestDigest);
  expect(resolved.index?.bytes).toEqual(Buffer.from(image.index));
  expect(registry.requests).toEqual([
    "/v2/a/b/manifests/v1?ns=registry.test",
    `/v2/a/b/manifests/${image.manifestDigest}?ns=registry.test`,
  ]);
});

test("the next mirror is asked when one does not have it, and when nobody has, each reason is told", async () => {
  using empty = serve({ intercept: () => new Response("", { status: 404 }) });
  using full = serve();
  expect((await resolveFrom(mirroredTo(empty.url, full.url))).manifest.descriptor.digest).toBe(image.manifestDigest);
  await expect(resolveFrom(mirroredTo(empty.url))).rejects.toThrow(`${empty.url}/v2: the answer is 404`);
});

test("a manifest with another digest than asked for is refused", async () => {
  using liar = serve({
    intercept: (_, { pathname }) =>
      pathname.endsWith(image.manifestDigest)
        ? new Response("{}", { headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" } })
        : undefined,
  });
  await expect(resolveFrom(mirroredTo(liar.url))).rejects.toThrow(`its digest is ${digestOf(Buffer.from("{}"))}`);
});

test("a server that is busy for a moment is asked again", async () => {
  let answers = 0;
  using busy = serve({
    intercept: () => {
      answers += 1;
      return answers < 3 ? new Response("", { status: 503 }) : undefined;
    },
  });
  await resolveFrom(mirroredTo(busy.url));
  expect(busy.requests.slice(0, 3)).toEqual(Array(3).fill("/v2/a/b/manifests/v1?ns=registry.test"));
});

test("a token service is asked once, with the credentials of the registry", async () => {
  const asked: (string | null)[] = [];
  using registry = serve({
    intercept: (request, url) => {
      if (url.pathname === "/token") {
        asked.push(`${request.headers.get("authorization")} ${url.searchParams.get("scope")}`);
        return Response.json({ token: "t0k" });
      }
      if (request.headers.get("authorization") === "Bearer t0k") return undefined;
      const challenge = `Bearer realm="${url.origin}/token",service="s",scope="repository:a/b:pull"`;
      return new Response("", { status: 401, headers: { "www-authenticate": challenge } });
    },
  });
  const auths = { [registry.host]: { username: "me", password: "pw" } };
  await resolveFrom({ ...mirroredTo(registry.url), auths });
  expect(asked).toEqual([`Basic ${btoa("me:pw")} repository:a/b:pull`]);
});

test("a blob goes on where a broken connection left it", async () => {
  let broken = 0;
  using registry = serve({
    intercept: (request) => {
      if (!request.url.includes("/blobs/") || broken === 2) return undefined;
      broken += 1;
      const from = Number(/\d+/.exec(request.headers.get("range") ?? "0")?.[0]);
      const bytes = image.blobs.get(layer.digest) ?? new Uint8Array();
      return new Response(bytes.slice(from, from + 20_000), { status: from > 0 ? 206 : 200 });
    },
  });
  const bytes = await layerFrom(mirroredTo(registry.url));
  expect<string>(digestOf(bytes)).toBe(layer.digest);
  expect(registry.requests).toHaveLength(3);
});

test("a server that ignores the range does no harm", async () => {
  using registry = serve({ intercept: () => new Response(image.blobs.get(layer.digest)?.slice() ?? null) });
  const rest = await layerFrom(mirroredTo(registry.url), 1_000);
  expect(Buffer.compare(rest, image.blobs.get(layer.digest)?.subarray(1_000) ?? rest)).toBe(0);
});

test("a pull that is called off ends", async () => {
  using registry = serve({ intercept: () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })) });
  const session = registrySession(reference, mirroredTo(registry.url));
  const stop = new AbortController();
  const fetched = Array.fromAsync(fetchBlob(session, { ...layer, offset: 0, signal: stop.signal }));
  stop.abort();
  await expect(fetched).rejects.toThrow();
});
