import { boolean, list, section, string } from "../describe.ts";
import { url } from "../formats.ts";

const host = (doc: string) => string({ doc, required: true, example: "docker.io" });
const name = host("Host of the registry, with its port if it has one.");

/** `RegistryMirrorConfig`: where a registry's images are asked for. */
export const registryMirrorConfig = section({
  doc: "Where a registry's images are asked for.",
  since: "1.12",
  effect: "live",
  fields: {
    name: host("Host of the registry; * is every registry without a document of its own."),
    endpoints: list(
      section({
        doc: "A server.",
        fields: {
          url: string({ doc: "Its URL.", check: url("http", "https"), required: true }),
          overridePath: boolean({ doc: "The path is complete: do not add /v2.", default: false }),
        },
      }),
      { doc: "Servers, tried in order.", example: [{ url: "https://my-private-registry.example.org:5000" }] },
    ),
    skipFallback: boolean({ doc: "Never ask the registry itself.", default: false }),
  },
});

/** `RegistryAuthConfig`: who we are to a registry. */
export const registryAuthConfig = section({
  doc: "Who the machine is to a registry.",
  since: "1.12",
  effect: "restart containerd",
  fields: {
    name,
    username: string({ doc: "Name.", example: "my-user" }),
    password: string({ doc: "Password.", sensitive: true }),
    auth: string({ doc: "Name and password in one, base64, instead of both.", sensitive: true }),
    identityToken: string({ doc: "Token, instead of name and password.", sensitive: true }),
  },
});

/** `RegistryTLSConfig`: how a registry's certificate is judged. */
export const registryTlsConfig = section({
  doc: "How a registry's certificate is judged, and which one it is shown.",
  since: "1.12",
  effect: "live",
  fields: {
    name,
    clientIdentity: section({
      doc: "Certificate shown to the registry.",
      fields: {
        cert: string({ doc: "Certificate, PEM." }),
        key: string({ doc: "Private key, PEM.", sensitive: true }),
      },
    }).optional(),
    ca: string({ doc: "Authority that is trusted, PEM." }),
    insecureSkipVerify: boolean({ doc: "Trust any certificate. For tests.", default: false }),
  },
});
