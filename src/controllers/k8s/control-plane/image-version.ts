/** Major and minor version of Kubernetes. */
export type MinorVersion = readonly [major: number, minor: number];

/** `registry.k8s.io/kube-scheduler:v1.35.4@sha256:…` → `1.35.4`; undefined for a tag that is no version. */
export function versionOfImage(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+[^@]*)(?:@.*)?$/.exec(image)?.[1];
}

/** Whether an image is of a version or a later one. One that does not say is taken for the latest. */
export function isAtLeast(image: string, [major, minor]: MinorVersion): boolean {
  const parts = versionOfImage(image)?.split(".").map(Number);
  if (parts === undefined) return true;
  const [actualMajor = 0, actualMinor = 0] = parts;
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}
