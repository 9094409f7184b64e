import { Failure } from "../../errors/failure.ts";
import { digestOf } from "../../oci/digest.ts";
import { formatImageReference, type ImageReference } from "../../oci/image-reference.ts";
import { isIndex, isManifest, MediaType } from "../../oci/media-type.ts";
import type { Descriptor } from "../descriptor.ts";
import { readLimited } from "../registry/body.ts";
import type { RegistrySession } from "../registry/session.ts";
import { type Manifest, type Platform, parseIndex, parseManifest } from "./documents.ts";

/** A document of an image with its bytes. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** What a reference stands for on one platform. */
export interface ResolvedImage {
  /** The index that led to the manifest, if one did: then it is what the reference names. */
  readonly index: Document | undefined;
  readonly manifest: Document & { readonly parsed: Manifest };
}

/** The registries' own limit. */
const largestDocument = 4 * 1024 * 1024;

/**
 * Asks the registry what a reference stands for.
 * @throws Failure when nobody has it, when the bytes are not those of their digest, or when it is for other platforms
 */
export async function resolveImage(
  session: RegistrySession,
  reference: ImageReference,
  platform: Platform,
  signal?: AbortSignal,
): Promise<ResolvedImage> {
  const fetchDocument = (name: string) => fetchVerified(session, name, signal);
  const top = await fetchDocument(reference.digest ?? reference.tag ?? "latest");
  if (!isIndex(top.descriptor.mediaType)) return { index: undefined, manifest: withManifest(top, reference) };
  const entries = parseIndex(top.bytes).filter(({ mediaType }) => isManifest(mediaType));
  const entry = entries.find(
    (candidate) => candidate.platform?.os === platform.os && candidate.platform.architecture === platform.architecture,
  );
  if (entry === undefined) {
    const wanted = `${platform.os}/${platform.architecture}`;
    throw new Failure(`Cannot use image ${formatImageReference(reference)}: it is not made for ${wanted}`);
  }
  return { index: top, manifest: withManifest(await fetchDocument(entry.digest), reference) };
}

function withManifest(document: Document, reference: ImageReference): ResolvedImage["manifest"] {
  if (!isManifest(document.descriptor.mediaType)) {
    const what = `its manifest has the type "${document.descriptor.mediaType}"`;
    throw new Failure(`Cannot use image ${formatImageReference(reference)}: ${what}`);
  }
  return { ...document, parsed: parseManifest(document.bytes) };
}

/** @param name a tag or a digest; a digest is verified, and a tag's is computed, so the registry is never believed */
async function fetchVerified(session: RegistrySession, name: string, signal?: AbortSignal): Promise<Document> {
  const response = await session.get({
    path: `manifests/${name}`,
    headers: { accept: Object.values(MediaType).join(", ") },
    ...(signal === undefined ? {} : { signal }),
  });
  const bytes = await readLimited(response, largestDocument);
  const digest = digestOf(bytes);
  if (name.includes(":") && name !== digest) throw new Failure(`Cannot use manifest ${name}: its digest is ${digest}`);
  const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}
