import { mirrorOf, type Registries, registryEndpoints, upstreamOf } from "./mirrors.ts";
import { renderToml, type TomlTable } from "./toml.ts";

/** A file below the directory that `config_path` of containerd's CRI plugin names. */
export interface HostsFile {
  /** Such as `ghcr.io/hosts.toml`. */
  readonly path: string;
  readonly content: string;
}

/**
 * One hosts.toml per registry that the machine's config mentions, and the PEM files that they name.
 * @param directory where containerd finds them, such as `/etc/cri/conf.d/hosts`
 */
export function hostsFiles(registries: Registries, directory: string): HostsFile[] {
  const names = new Set([...Object.keys(registries.mirrors), ...Object.keys(registries.tls)]);
  return [...names]
    .sort()
    .flatMap((name) => [
      { path: `${directoryOf(name)}/hosts.toml`, content: renderHosts(name, registries, directory) },
      ...pemFiles(name, registries),
    ]);
}

/** containerd looks for `<host>_<port>_` first, which every file system can name; `_default` is every other registry. */
const directoryOf = (registry: string): string => (registry === "*" ? "_default" : registry.replace(/:(\d+)$/, "_$1_"));

function pemFiles(registry: string, { tls }: Registries): HostsFile[] {
  const { ca, clientCertificate, clientKey } = tls[registry] ?? {};
  const files = { "ca.crt": ca, "client.crt": clientCertificate, "client.key": clientKey };
  return Object.entries(files).flatMap(([name, content]) =>
    content === undefined ? [] : [{ path: `${directoryOf(registry)}/${name}`, content }],
  );
}

function renderHosts(registry: string, registries: Registries, directory: string): string {
  const mirror = mirrorOf(registry, registries);
  const mirrors = mirror === undefined ? {} : { [registry]: { ...mirror, skipFallback: true } };
  const endpoints = registryEndpoints(registry, { ...registries, mirrors });
  const host = Object.fromEntries(
    endpoints.map(({ root, host }) => [
      root,
      { capabilities: ["pull", "resolve"], override_path: true, ...tlsSettings(host, registries, directory) },
    ]),
  );
  return renderToml({
    ...fallback(registry, mirror?.skipFallback === true ? endpoints.at(-1)?.root : undefined),
    host,
  });
}

/**
 * After the hosts containerd asks `server`; naming the last mirror there is how asking the registry itself is
 * forbidden. For `*` the registry differs by image, and containerd knows it when we say nothing.
 */
function fallback(registry: string, onlyMirror: string | undefined): TomlTable {
  if (onlyMirror !== undefined) return { server: onlyMirror, override_path: true };
  return registry === "*" ? {} : { server: upstreamOf(registry) };
}

function tlsSettings(host: string, { tls }: Registries, directory: string): TomlTable {
  const { ca, clientCertificate, clientKey, insecureSkipVerify } = tls[host] ?? {};
  const at = `${directory}/${directoryOf(host)}`;
  return {
    ...(ca === undefined ? {} : { ca: `${at}/ca.crt` }),
    ...(clientCertificate === undefined || clientKey === undefined
      ? {}
      : { client: [[`${at}/client.crt`, `${at}/client.key`]] }),
    ...(insecureSkipVerify === true ? { skip_verify: true } : {}),
  };
}
