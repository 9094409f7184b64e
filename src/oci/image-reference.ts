import { Failure } from "../errors/failure.ts";

/** Where an image is: `registry.k8s.io/etcd:v3.6.11`, in parts. */
export interface ImageReference {
  /** Host with an optional port, such as `docker.io` or `10.0.2.2:5000`. */
  readonly registry: string;
  /** Path below the registry, such as `library/nginx`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…`; wins over the tag. */
  readonly digest: string | undefined;
}

const longestReference = 1024;
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const registryPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/**
 * Parts of an image reference, with the defaults that everybody expects: `nginx` is
 * `docker.io/library/nginx:latest` (distribution reference grammar).
 * @throws Failure naming the reference and the part that is wrong.
 */
export function parseImageReference(text: string): ImageReference {
  const fail = (what: string) => new Failure(`Cannot parse image reference "${text}": ${what}`);
  if (text.length > longestReference)
    throw new Failure("Cannot parse image reference: it is over 1024 characters long");
  const [named = "", digest, ...rest] = text.split("@");
  if (rest.length > 0) throw fail("it has more than one digest");
  if (digest !== undefined && !digestPattern.test(digest)) throw fail(`"${digest}" is not a sha256 digest`);

  const { registry, path } = splitRegistry(named);
  if (!registryPattern.test(registry)) throw fail(`"${registry}" is not a registry host`);
  const colon = path.lastIndexOf(":");
  const repository = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  if (!repositoryPattern.test(repository)) throw fail(`"${repository}" is not a repository path in lower case`);
  if (tag !== undefined && !tagPattern.test(tag)) throw fail(`"${tag}" is not a tag`);
  return {
    registry,
    repository: registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository,
    tag: tag ?? (digest === undefined ? "latest" : undefined),
    digest,
  };
}

/** The first part is a registry only when it cannot be a part of a path: it has a dot or a port, or is localhost. */
function splitRegistry(named: string): { registry: string; path: string } {
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  if (!/[.:]|^localhost$/.test(first)) return { registry: "docker.io", path: named };
  return { registry: first === "index.docker.io" ? "docker.io" : first, path: named.slice(slash + 1) };
}

/** The reference in full; its own inverse with `parseImageReference`. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
