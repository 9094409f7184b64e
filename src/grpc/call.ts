import type { Metadata } from "./metadata.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  /** IP address; none over a unix socket. */
  readonly address: string | undefined;
  /** The verified client certificate; none when the listener does not ask for one. */
  readonly certificate: PeerCertificate | undefined;
}

/** What we read from a certificate that the TLS handshake has verified. */
export interface PeerCertificate {
  /** Subject.Organization values: the roles. */
  readonly organizations: readonly string[];
  /** Object identifiers of the extended key usages; none when the certificate has no such extension. */
  readonly extendedKeyUsage: readonly string[];
}

/** One call, as its handler sees it. */
export interface Call {
  /** `machine.MachineService/Version`. */
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** Aborts when the client cancels or vanishes, when the deadline passes, and when the server closes. */
  readonly signal: AbortSignal;
  /** Metadata sent before the first response. No effect after that. */
  setHeader(name: string, value: string): void;
  /** Metadata sent with the status. */
  setTrailer(name: string, value: string): void;
}
