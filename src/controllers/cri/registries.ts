import { fromBase64 } from "../../bytes/base64.ts";
import { documentsOf, type MachineConfig, registryMirrors } from "../../config/index.ts";
import type { Registries } from "../../containerd/cri/mirrors.ts";
import type { RegistryConfig } from "../../resources/cri/registry-config.ts";

/** What the configuration says about registries, in either of its forms. */
export function registryConfigFrom(config: MachineConfig): RegistryConfig {
  const mirrors = [...registryMirrors(config)].map(([host, { endpoints, skipFallback }]) => [
    host,
    { endpoints: endpoints.map(({ url, overridePath }) => ({ endpoint: url, overridePath })), skipFallback },
  ]);
  const access = Object.entries(config.machine.registries.config);
  const auths = [
    ...access.flatMap(([host, { auth }]) => (auth === undefined ? [] : [[host, defined(auth)] as const])),
    ...documentsOf(config, "RegistryAuthConfig").flatMap(({ name, username, password, auth, identityToken }) =>
      name === undefined ? [] : [[name, defined({ username, password, auth, identityToken })] as const],
    ),
  ];
  const tls = [
    ...access.flatMap(([host, { tls: settings }]) => {
      if (settings === undefined) return [];
      const { ca, clientIdentity, insecureSkipVerify } = settings;
      const identity = { crt: fromBase64(clientIdentity?.crt ?? ""), key: fromBase64(clientIdentity?.key ?? "") };
      return [
        [
          host,
          defined({
            ca: ca === undefined ? undefined : fromBase64(ca),
            clientIdentity: clientIdentity && identity,
            insecureSkipVerify,
          }),
        ] as const,
      ];
    }),
    ...documentsOf(config, "RegistryTLSConfig").flatMap(({ name, ca, clientIdentity, insecureSkipVerify }) => {
      if (name === undefined) return [];
      const { cert = "", key = "" } = clientIdentity ?? {};
      const identity = { crt: bytesOf(cert), key: bytesOf(key) };
      return [
        [
          name,
          defined({
            ca: ca === undefined ? undefined : bytesOf(ca),
            clientIdentity: clientIdentity && identity,
            insecureSkipVerify,
          }),
        ] as const,
      ];
    }),
  ];
  return { mirrors: Object.fromEntries(mirrors), auths: Object.fromEntries(auths), tls: Object.fromEntries(tls) };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Without the fields that are not set. */
const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** The resource in the words of the containerd room. */
export function registriesOf({ mirrors = {}, auths = {}, tls = {} }: RegistryConfig): Registries {
  const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));
  return {
    mirrors,
    auths,
    tls: Object.fromEntries(
      Object.entries(tls).map(([host, { ca, clientIdentity, insecureSkipVerify }]) => [
        host,
        defined({
          ca: text(ca),
          clientCertificate: text(clientIdentity?.crt),
          clientKey: text(clientIdentity?.key),
          insecureSkipVerify,
        }),
      ]),
    ),
  };
}
