import { defineResource } from "../define.ts";
import { address, certificate, certificateAndKey, string } from "../fields/index.ts";

/** The certificate authority of the machine's API, and the token for joining. */
export const OSRootSecret = defineResource({
  type: "OSRootSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    issuingCA: certificateAndKey(1),
    acceptedCAs: certificate(5).list(),
    certSANIPs: address(2).list(),
    certSANDNSNames: string(3).list(),
    token: string(4),
  },
});

export type OSRootSecret = typeof OSRootSecret.Type;
