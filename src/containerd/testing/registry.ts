import { MediaType } from "../../oci/media-type.ts";
import type { TestImage } from "./image.ts";

/** A registry on this machine with one image under every name, and what it was asked. */
export interface TestRegistry extends Disposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly url: string;
  /** Method-less: `/v2/…?ns=…`, in order. */
  readonly requests: string[];
}

export interface TestRegistryOptions {
  /** Replaces the answer to a request; undefined leaves it. */
  readonly intercept?: (request: Request, url: URL) => Response | undefined;
}

export function serveImage(image: TestImage, { intercept }: TestRegistryOptions = {}): TestRegistry {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const url = new URL(request.url);
      requests.push(url.pathname + url.search);
      return intercept?.(request, url) ?? answer(image, request, url);
    },
  });
  const host = `127.0.0.1:${server.port}`;
  return { host, url: `http://${host}`, requests, [Symbol.dispose]: () => void server.stop(true) };
}

function answer(image: TestImage, request: Request, { pathname }: URL): Response {
  const [, kind, name = ""] = /\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
  const bytes = name.startsWith("sha256:") ? image.blobs.get(name) : image.index;
  if (kind === undefined || bytes === undefined) return new Response("", { status: 404 });
  if (kind === "manifests") {
    const type = bytes === image.index ? MediaType.index : MediaType.manifest;
    return new Response(bytes.slice(), { headers: { "content-type": type } });
  }
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  return new Response(bytes.slice(from), { status: from > 0 ? 206 : 200 });
}
