import { join } from "node:path";
import { Failure } from "../../errors/failure.ts";
import { type Digest, isDigest } from "../digest.ts";

/** A blob, and what it is (OCI image-spec, descriptor). */
export interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The annotation that says what an image of a layout is called. */
export const referenceName = "org.opencontainers.image.ref.name";

const largestIndexBytes = 4 << 20;

/** Where a layout keeps a blob. */
export function blobPath(layout: string, digest: Digest): string {
  return join(layout, "blobs", "sha256", digest.slice("sha256:".length));
}

/**
 * The images of an OCI layout, a directory with `index.json` and `blobs/` (OCI image-spec, image-layout).
 * @throws Failure when it is no layout, or its index is damaged.
 */
export async function readLayout(layout: string): Promise<readonly LayoutDescriptor[]> {
  const file = Bun.file(join(layout, "index.json"));
  if (!(await file.exists())) throw new Failure(`Cannot read the image layout "${layout}": it has no index.json`);
  if (file.size > largestIndexBytes)
    throw new Failure(`Cannot read the image layout "${layout}": its index is too large`);
  const index: unknown = await file.json().catch((cause: unknown) => {
    throw new Failure(`Cannot read the image layout "${layout}": its index is no JSON`, { cause });
  });
  const manifests = isRecord(index) && Array.isArray(index.manifests) ? index.manifests : undefined;
  if (manifests === undefined || !manifests.every(isDescriptor))
    throw new Failure(`Cannot read the image layout "${layout}": its index lists no manifests`);
  return manifests;
}

function isDescriptor(value: unknown): value is LayoutDescriptor {
  return (
    isRecord(value) &&
    typeof value.mediaType === "string" &&
    typeof value.digest === "string" &&
    isDigest(value.digest) &&
    typeof value.size === "number"
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
