import { boolean, list, map, section, string } from "../describe.ts";
import { base64, url } from "../formats.ts";
import { certificateAndKey } from "./certificate.ts";

const mirror = section({
  doc: "Where a registry's images are asked for.",
  fields: {
    endpoints: list(string({ doc: "URL.", check: url("http", "https") }), {
      doc: "Servers, tried in order.",
    }),
    overridePath: boolean({ doc: "The endpoints' paths are complete: do not add /v2.", since: "1.3", default: false }),
    skipFallback: boolean({ doc: "Never ask the registry itself.", since: "1.9", default: false }),
  },
});

const registry = section({
  doc: "How a registry is spoken to.",
  fields: {
    tls: section({
      doc: "How its certificate is judged, and which one it is shown.",
      fields: {
        clientIdentity: certificateAndKey({ doc: "Certificate shown to the registry." }),
        ca: string({ doc: "Authority that is trusted, PEM in base64.", check: base64 }),
        insecureSkipVerify: boolean({ doc: "Trust any certificate. For tests.", default: false }),
      },
    }).optional(),
    auth: section({
      doc: "Who the machine is to it.",
      // Mirrors and certificates are files that are read for each pull; this is in containerd's own configuration.
      effect: "restart containerd",
      fields: {
        username: string({ doc: "Name." }),
        password: string({ doc: "Password.", sensitive: true }),
        auth: string({ doc: "Name and password, base64.", sensitive: true }),
        identityToken: string({ doc: "Token.", sensitive: true }),
      },
    }).optional(),
  },
});

/** `machine.registries`: where images come from. */
export const registries = section({
  doc: "Where container images come from.",
  effect: "live",
  fields: {
    mirrors: map(mirror, {
      doc: "Mirrors by the registry's host; * is every other registry.",
      replacedBy: "RegistryMirrorConfig",
      example: { "docker.io": { endpoints: ["https://mirror.example.org"] } },
    }),
    config: map(registry, {
      doc: "Access to registries and mirrors by host.",
      replacedBy: "RegistryAuthConfig",
      example: { "registry.example.org": { auth: { username: "me", password: "secret" } } },
    }),
  },
});
