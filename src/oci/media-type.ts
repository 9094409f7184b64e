/** Media types of the documents that an image consists of: OCI's, and docker's older names for the same forms. */
export const MediaType = {
  index: "application/vnd.oci.image.index.v1+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
} as const;

export const isIndex = (mediaType: string): boolean =>
  mediaType === MediaType.index || mediaType === MediaType.dockerIndex;

export const isManifest = (mediaType: string): boolean =>
  mediaType === MediaType.manifest || mediaType === MediaType.dockerManifest;
