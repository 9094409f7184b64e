import { defineResource } from "../define.ts";
import { certificate, certificateAndKey } from "../fields/index.ts";

/** Certificates of the machine's API. */
export const ApiCertificate = defineResource({
  type: "ApiCertificates.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    acceptedCAs: certificate(4).list(),
    client: certificateAndKey(2),
    server: certificateAndKey(3),
  },
});

export type ApiCertificate = typeof ApiCertificate.Type;
