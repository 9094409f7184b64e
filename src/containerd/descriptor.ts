import type { containerd } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";

/** Content by its hash, with what it is (OCI image-spec, descriptor). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
}

export const encodeDescriptor = ({ mediaType, digest, size }: Descriptor) => ({ media_type: mediaType, digest, size });

export const decodeDescriptor = (wire: containerd.types.Descriptor | null | undefined): Descriptor => ({
  mediaType: wire?.media_type ?? "",
  digest: wire?.digest ?? "",
  size: toNumber(wire?.size ?? 0),
});
