/** What a TLS endpoint shows and whom it trusts, all in PEM. */
export interface TlsIdentity {
  /** The certificate, then any intermediates. */
  readonly certificate: string;
  readonly key: string;
  /** Certificates of authorities; what they have signed is trusted. */
  readonly authorities: readonly string[];
}

/**
 * A private key as the TLS library reads it. The reference labels Ed25519 keys `ED25519 PRIVATE KEY`, though the body
 * is plain PKCS#8, and under that label no library knows it.
 */
export const readableKey = (pem: string): string => pem.replaceAll("ED25519 PRIVATE KEY-----", "PRIVATE KEY-----");

/** The identity as options of node:tls; TLS 1.3 or nothing. */
export const secureContextOptions = ({ certificate, key, authorities }: Partial<TlsIdentity>) => ({
  ...(certificate === undefined ? {} : { cert: certificate }),
  ...(key === undefined ? {} : { key: readableKey(key) }),
  ...(authorities === undefined ? {} : { ca: [...authorities] }),
  minVersion: "TLSv1.3" as const,
});
