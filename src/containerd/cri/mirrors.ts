/** One place to ask for the images of a registry. */
export interface MirrorEndpoint {
  /** Such as `http://10.0.2.2:5000`. */
  readonly endpoint: string;
  /** The endpoint's path is the API root already, so `/v2` is not appended. */
  readonly overridePath: boolean;
}

/** `machine.registries.mirrors.<registry>`. */
export interface RegistryMirror {
  readonly endpoints: readonly MirrorEndpoint[];
  /** Ask nobody but the endpoints. */
  readonly skipFallback?: boolean;
}

export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** Base64 of `user:password`, as in a docker config file. */
  readonly auth?: string;
  readonly identityToken?: string;
}

export interface RegistryTls {
  /** PEM. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** PEM of the authorities to trust besides the system's. */
  readonly ca?: string;
  readonly insecureSkipVerify?: boolean;
}

/** What the machine's config says about registries, by registry host; `*` is every other registry. */
export interface Registries {
  readonly mirrors: Readonly<Record<string, RegistryMirror>>;
  readonly auths: Readonly<Record<string, RegistryAuth>>;
  readonly tls: Readonly<Record<string, RegistryTls>>;
}

export const noRegistries: Registries = { mirrors: {}, auths: {}, tls: {} };

/** Where requests for a registry's images go, in order. */
export interface RegistryEndpoint {
  /** API root without a final slash, such as `https://registry.k8s.io/v2`. */
  readonly root: string;
  /** Registry to name in the `ns` parameter: set for mirrors, which serve several registries. */
  readonly onBehalfOf: string | undefined;
  /** Host that credentials and TLS settings are filed under. */
  readonly host: string;
}

/** Mirrors first, in the order of the config, then the registry itself unless the config forbids it. */
export function registryEndpoints(registry: string, registries: Registries): RegistryEndpoint[] {
  const mirror = mirrorOf(registry, registries);
  const endpoints = (mirror?.endpoints ?? []).map(({ endpoint, overridePath }): RegistryEndpoint => {
    const { host } = new URL(endpoint);
    return { root: apiRoot(endpoint, overridePath), onBehalfOf: host === registry ? undefined : registry, host };
  });
  if (mirror?.skipFallback !== true) {
    endpoints.push({ root: `${upstreamOf(registry)}/v2`, onBehalfOf: undefined, host: registry });
  }
  return endpoints;
}

export const mirrorOf = (registry: string, { mirrors }: Registries): RegistryMirror | undefined =>
  mirrors[registry] ?? mirrors["*"];

/** Docker Hub's API is not at the host that its references name; a registry on this machine has no certificate. */
export function upstreamOf(registry: string): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(registry) ? `http://${registry}` : `https://${registry}`;
}

function apiRoot(endpoint: string, overridePath: boolean): string {
  const base = endpoint.replace(/\/+$/, "");
  return overridePath || base.endsWith("/v2") ? base : `${base}/v2`;
}
