import type { Resource } from "../../cosi/resource.ts";
import type { ExtensionStatus } from "../../resources/runtime/extension-status.ts";

const prefix = "extensions.talos.dev/";
/** What Kubernetes takes after the slash of a label's or annotation's name. */
const qualifiedName = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/** The versions of the system's extensions, under names that nodes can carry; those that cannot be written are left out. */
export function extensionVersions(
  extensions: readonly Resource<ExtensionStatus>[],
  accepts: (version: string) => boolean,
): Record<string, string> {
  const named = extensions.map(({ spec: { metadata } }) => [metadata.name, metadata.version] as const);
  const usable = named.filter(([name, version]) => qualifiedName.test(name) && accepts(version));
  return Object.fromEntries(usable.map(([name, version]) => [`${prefix}${name}`, version]));
}
