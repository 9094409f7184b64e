import { createCertificateAuthority, type Identity, signCertificate } from "../../pki/index.ts";
import type { TlsIdentity } from "../tls-identity.ts";

const dayMs = 86_400_000;

/** TLS reads another clock of the kernel's than we do, and it lags some milliseconds. */
const aMinuteAgo = () => new Date(Date.now() - 60_000);

/** An authority for tests and what it signs, Ed25519 throughout as on a machine. */
export interface TestAuthority {
  readonly certificate: string;
  readonly key: string;
  server(): Promise<TlsIdentity>;
  client(...organizations: readonly string[]): Promise<TlsIdentity>;
}

export async function createTestAuthority(): Promise<TestAuthority> {
  const authority = await createCertificateAuthority({
    algorithm: "ed25519",
    organizations: ["talos"],
    now: aMinuteAgo,
  });
  const withAuthority = ({ certificate, key }: Identity): TlsIdentity => ({
    certificate,
    key,
    authorities: [authority.certificate],
  });
  return {
    ...authority,
    server: async () =>
      withAuthority(
        await signCertificate(authority, {
          commonName: "node",
          usages: ["serverAuth"],
          alternativeNames: ["localhost", "127.0.0.1", "127.0.0.2", "127.0.0.3", "::1"],
          validForMs: dayMs,
          now: aMinuteAgo,
        }),
      ),
    client: async (...organizations) =>
      withAuthority(
        await signCertificate(authority, { organizations, usages: ["clientAuth"], validForMs: dayMs, now: aMinuteAgo }),
      ),
  };
}
