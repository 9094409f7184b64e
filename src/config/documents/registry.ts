import { anything, boolean, list, section, string } from "../describe.ts";
import { url } from "../formats.ts";

const name = string({ doc: "Host of the registry." });

/** `RegistryMirrorConfig`: where a registry's images are asked for. */
export const registryMirrorConfig = section({
  doc: "Where a registry's images are asked for.",
  effect: "live",
  fields: {
    name,
    endpoints: list(
      section({
        doc: "A server.",
        fields: {
          url: string({ doc: "URL.", check: url("http", "https") }),
          overridePath: boolean({ doc: "The path is complete: do not add /v2.", default: false }),
        },
      }),
      { doc: "Servers, tried in order." },
    ),
    skipFallback: boolean({ doc: "Never ask the registry itself.", default: false }),
  },
});

/** `RegistryAuthConfig`: who we are to a registry. */
export const registryAuthConfig = section({
  doc: "Who we are to a registry.",
  effect: "restart containerd",
  fields: {
    name,
    username: string({ doc: "Name." }),
    password: string({ doc: "Password.", sensitive: true }),
    auth: string({ doc: "Name and password, base64.", sensitive: true }),
    identityToken: string({ doc: "Token.", sensitive: true }),
  },
});

/** `RegistryTLSConfig`: how a registry's certificate is judged. */
export const registryTlsConfig = section({
  doc: "How a registry's certificate is judged.",
  effect: "live",
  fields: {
    name,
    clientIdentity: anything({ doc: "Certificate shown to the registry." }),
    ca: string({ doc: "Authority that is trusted, PEM." }),
    insecureSkipVerify: boolean({ doc: "Trust any certificate. For tests.", default: false }),
  },
});
