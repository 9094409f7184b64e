import { section, string } from "../describe.ts";
import { url } from "../formats.ts";

/** `TrustedRootsConfig`: authorities besides those everybody trusts. */
export const trustedRootsConfig = section({
  doc: "Authorities the machine trusts besides the public ones, when it fetches images and configs.",
  since: "1.8",
  effect: "restart containerd",
  fields: {
    name: string({ doc: "Name of the set.", required: true, example: "my-enterprise-ca" }),
    certificates: string({
      doc: "Their certificates, PEM, one after the other.",
      required: true,
      example: "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n",
    }),
  },
});

/** `SideroLinkConfig`: a tunnel to who manages the machine. */
export const sideroLinkConfig = section({
  doc: "Joins a tunnel to a server that manages the machine.",
  since: "1.5",
  effect: "live",
  fields: {
    apiUrl: string({
      doc: "URL of the server's API, grpc or https.",
      check: url("https", "grpc"),
      required: true,
      example: "https://siderolink.api.example.org/?jointoken=secret",
      sensitive: true,
    }),
    uniqueToken: string({ doc: "Token of this machine alone.", sensitive: true, since: "1.10" }),
  },
});
