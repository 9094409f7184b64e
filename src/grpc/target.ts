import type { TlsIdentity } from "./tls-identity.ts";

/** Where a server listens, and how the two prove who they are. */
export type Target = UnixTarget | TlsTarget | PlainTarget;

export interface UnixTarget {
  readonly unix: string;
  /** What the server is written with, if it needs care: see http2/ping-filter.ts. */
  readonly peer?: "grpc-go";
}

export interface TlsTarget {
  /** Name or address; the server's certificate must be valid for it. */
  readonly host: string;
  readonly port: number;
  /**
   * Our certificate and key, if we have any, and whom we trust. Without authorities the server is not verified, which
   * is how one talks to a machine in maintenance mode, unless `fingerprints` pins its key.
   */
  readonly tls: Partial<TlsIdentity>;
  /** SHA-256 of acceptable server keys (SubjectPublicKeyInfo), in base64. */
  readonly fingerprints?: readonly string[];
}

/** Neither proves anything: for services that carry nothing but what is encrypted anyway. */
export interface PlainTarget {
  readonly host: string;
  readonly port: number;
  readonly plaintext: true;
}

/** As people write it: `10.0.2.15:50000`, `[fd00::1]:50000`, a path. */
export function describeTarget(target: Target): string {
  if ("unix" in target) return target.unix;
  return `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
}
