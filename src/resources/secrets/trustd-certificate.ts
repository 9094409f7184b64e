import { defineResource } from "../define.ts";
import { certificate, certificateAndKey } from "../fields/index.ts";

/** Certificates of the service that signs the certificates of joining machines. */
export const TrustdCertificate = defineResource({
  type: "TrustdCertificates.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    acceptedCAs: certificate(3).list(),
    server: certificateAndKey(2),
  },
});

export type TrustdCertificate = typeof TrustdCertificate.Type;
