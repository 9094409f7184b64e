import { afterAll, expect, test } from "bun:test";
import { download, maximumManifestBytes } from "./download.ts";

const text = "kind: Pod\n";
const asked: URL[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    const url = new URL(request.url);
    asked.push(url);
    if (url.pathname === "/endless") return new Response(endless());
    return url.pathname === "/missing" ? new Response("", { status: 404 }) : new Response(text);
  },
});
afterAll(() => server.stop(true));

async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
  const chunk = new Uint8Array(1 << 20);
  for (let sent = 0; sent <= maximumManifestBytes; sent += chunk.length) yield chunk;
}

const at = (path: string) =>
  download({ url: `http://127.0.0.1:${server.port}${path}`, headers: {} }, new AbortController().signal);
const refusalOf = (promise: Promise<string>): Promise<string> =>
  promise.then(
    () => "",
    (thrown: Error) => thrown.message,
  );
const digest = new Bun.CryptoHasher("sha256").update(text).digest("hex");

test("a manifest is fetched, and held against its checksum, which is not the server's business", async () => {
  expect(await at("/a.yaml")).toBe(text);
  expect(await at(`/a.yaml?x=1&checksum=sha256:${digest}`)).toBe(text);
  expect(asked.at(-1)?.search).toBe("?x=1");
  expect(await refusalOf(at("/a.yaml?checksum=sha256:00"))).toEndWith(`its checksum is sha256:${digest}`);
  expect(await refusalOf(at("/a.yaml?checksum=crc:00"))).toEndWith("its checksum is none of md5, sha1, sha256, sha512");
});

test("what cannot be had is told with its URL", async () => {
  const base = `http://127.0.0.1:${server.port}`;
  expect(await refusalOf(at("/missing"))).toBe(`Cannot fetch manifest ${base}/missing: HTTP status 404`);
  expect(await refusalOf(at("/endless"))).toBe(
    `Cannot fetch manifest ${base}/endless: it is over ${maximumManifestBytes} bytes`,
  );
  const signal = new AbortController().signal;
  expect(await refusalOf(download({ url: "git::x", headers: {} }, signal))).toContain(
    "it is no http:// or https:// URL",
  );
});
