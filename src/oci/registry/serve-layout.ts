import { type Digest, isDigest } from "../digest.ts";
import { blobPath, type LayoutDescriptor, readLayout, referenceName } from "../layout/layout.ts";
import { MediaType } from "../media-type.ts";
import { parseRange } from "./byte-range.ts";

const largestManifestBytes = 4 << 20;
const route = /^\/v2\/(?<repository>[a-z0-9._/-]{1,255})\/(?<kind>manifests|blobs)\/(?<reference>[\w.:-]{1,200})$/;

/**
 * A read-only registry over an OCI layout (OCI distribution-spec, pull). Also a mirror: containerd says with `?ns=`
 * which registry it really means. The layout's index is read anew for each manifest asked for, so that a build may
 * replace it meanwhile.
 */
export function serveLayout(layout: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return problem(405, "UNSUPPORTED", "this registry is read-only");
    const url = new URL(request.url);
    if (url.pathname === "/v2/" || url.pathname === "/v2") return Response.json({});
    const { repository = "", kind, reference = "" } = route.exec(url.pathname)?.groups ?? {};
    if (kind === "blobs") return isDigest(reference) ? blob(layout, reference, request) : notFound(reference);
    if (kind !== "manifests") return problem(404, "NAME_UNKNOWN", "there is nothing at this path");
    const descriptor = isDigest(reference)
      ? await byDigest(layout, reference)
      : await byTag(layout, `${repository}:${reference}`, url.searchParams.get("ns"));
    return descriptor === undefined ? notFound(`${repository}:${reference}`) : manifest(layout, descriptor, request);
  };
}

async function byTag(layout: string, name: string, registry: string | null): Promise<LayoutDescriptor | undefined> {
  const images = await readLayout(layout);
  return images.find(({ annotations }) => {
    const reference = annotations?.[referenceName];
    if (reference === undefined) return false;
    return registry === null ? reference.endsWith(`/${name}`) : reference === `${registry}/${name}`;
  });
}

/** A manifest may also be part of an image for several platforms, and then the index does not list it. */
async function byDigest(layout: string, digest: Digest): Promise<LayoutDescriptor | undefined> {
  const listed = (await readLayout(layout)).find((image) => image.digest === digest);
  if (listed !== undefined) return listed;
  const file = Bun.file(blobPath(layout, digest));
  if (!(await file.exists()) || file.size > largestManifestBytes) return undefined;
  const document: unknown = await file.json().catch(() => undefined);
  const isManifest = typeof document === "object" && document !== null && "schemaVersion" in document;
  if (!isManifest) return undefined;
  const mediaType =
    "mediaType" in document && typeof document.mediaType === "string" ? document.mediaType : MediaType.manifest;
  return { mediaType, digest, size: file.size };
}

function manifest(layout: string, { digest, mediaType, size }: LayoutDescriptor, request: Request): Response {
  const headers = { "content-type": mediaType, "docker-content-digest": digest, "content-length": String(size) };
  return new Response(request.method === "HEAD" ? null : Bun.file(blobPath(layout, digest)), { headers });
}

async function blob(layout: string, digest: Digest, request: Request): Promise<Response> {
  const file = Bun.file(blobPath(layout, digest));
  if (!(await file.exists())) return notFound(digest);
  const size = file.size;
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
  };
  const range = parseRange(request.headers.get("range"), size);
  if (range === "unsatisfiable")
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
  const { start, end } = range ?? { start: 0, end: size };
  const sent = { ...headers, "content-length": String(end - start) };
  const body = request.method === "HEAD" ? null : file.slice(start, end);
  if (range === undefined) return new Response(body, { headers: sent });
  return new Response(body, {
    status: 206,
    headers: { ...sent, "content-range": `bytes ${start}-${end - 1}/${size}` },
  });
}

function notFound(what: string): Response {
  return problem(404, "MANIFEST_UNKNOWN", `${what} is not in this registry`);
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ errors: [{ code, message }] }, { status });
}
