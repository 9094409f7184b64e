import { defineResource } from "../define.ts";
import { address, string } from "../fields/index.ts";

/** Names and addresses that a certificate must have. */
export const CertSAN = defineResource({
  type: "CertSANs.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    ips: address(1).list(),
    dnsNames: string(2).list(),
    fqdn: string(3),
  },
});

export type CertSAN = typeof CertSAN.Type;
