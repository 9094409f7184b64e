import { constants } from "node:crypto";
import { createServer, type Server } from "node:tls";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { secureContextOptions, type TlsIdentity } from "../tls-identity.ts";
import { type Connection, type Listener, listening, stopListening } from "./listener.ts";
import { peerOf } from "./peer.ts";
import { withoutBandwidthPings } from "./ping-filter.ts";

export interface TlsListenOptions {
  /** Address to listen on; all of them by default, of both families where the kernel has both. */
  readonly host?: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  readonly identity: TlsIdentity;
  /** Whether clients must show a certificate that the identity's authorities have signed. */
  readonly clientCertificate: "required" | "none";
  readonly limits?: Partial<ListenLimits>;
}

export interface ListenLimits {
  /** Connections open at a time; further ones are closed at once. */
  readonly connections: number;
  /** How long a peer may take for its handshake: one that says nothing must not hold a socket for ever. */
  readonly handshakeTimeoutMs: number;
}

export interface TlsListener extends Listener {
  /** Shows another certificate, and trusts other authorities, from the next connection on. Open ones go on. */
  replaceIdentity(identity: TlsIdentity): void;
}

/** apid needs two descriptors a connection, of the 4,096 that the kernel lets a process open. */
const defaultLimits: ListenLimits = { connections: 1_024, handshakeTimeoutMs: 20_000 };

/** After this long without a byte the kernel asks whether the peer is still there. */
const keepAliveMs = 30_000;

/**
 * Listens with TLS 1.3 and HTTP/2.
 * @throws Failure naming the address, or what is wrong with the certificate or the key.
 */
export async function listenTls(
  options: TlsListenOptions,
  onConnection: (connection: Connection) => void,
): Promise<TlsListener> {
  const { host, port, identity, clientCertificate } = options;
  const required = clientCertificate === "required";
  const limits = { ...defaultLimits, ...options.limits };
  // Repeated with each identity: Bun forgets what the new options do not say.
  const secured = (next: TlsIdentity) => ({
    ...secureContextOptions(next),
    requestCert: required,
    rejectUnauthorized: required,
    // A resumed session would carry a client past the authorities of the day.
    secureOptions: constants.SSL_OP_NO_TICKET,
    ALPNProtocols: ["h2"],
  });
  try {
    const server = createServer({ ...secured(identity), handshakeTimeout: limits.handshakeTimeoutMs }, (socket) => {
      // Bun refuses such clients itself; that nobody gets in unproven is worth asking twice.
      if (required && !socket.authorized) return void socket.destroy();
      socket.setNoDelay(true);
      socket.setKeepAlive(true, keepAliveMs);
      // Whoever calls from elsewhere may be written in Go; on unix sockets our own programs call.
      onConnection({ bytes: withoutBandwidthPings(socket, 24), peer: peerOf(socket) });
    });
    server.maxConnections = limits.connections;
    // A handshake that fails (a scanner, a wrong certificate) is the client's trouble, and it is told by TLS. Bun
    // leaves the socket of one that took too long open.
    server.on("tlsClientError", (_, socket) => socket.destroy());
    await listenOn(server, host, port);
    const address = server.address();
    return {
      port: typeof address === "object" && address !== null ? address.port : port,
      replaceIdentity: (next) => server.setSecureContext(secured(next)),
      [Symbol.asyncDispose]: () => stopListening(server),
    };
  } catch (cause) {
    throw new Failure(`Cannot listen on ${host === undefined ? "port " : `${host}, port `}${port}`, { cause });
  }
}

async function listenOn(server: Server, host: string | undefined, port: number): Promise<void> {
  if (host !== undefined) return listening(server, { host, port });
  try {
    await listening(server, { host: "::", port });
  } catch (thrown) {
    const withoutIpv6 = codeOf(thrown) === "EAFNOSUPPORT" || codeOf(thrown) === "EADDRNOTAVAIL";
    if (!withoutIpv6) throw thrown;
    await listening(server, { host: "0.0.0.0", port });
  }
}
