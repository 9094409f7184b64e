import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Peer, PeerCertificate } from "../call.ts";

/** Who is at the other end of a socket; the certificate only if the handshake has verified it. */
export function peerOf(socket: Socket): Peer {
  return { address: socket.remoteAddress, certificate: certificateOf(socket) };
}

function certificateOf(socket: Socket): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, ext_key_usage } = socket.getPeerCertificate();
  if (subject === undefined) return undefined;
  // One organization is a string, several are an array.
  const organizations: string | readonly string[] = subject.O ?? [];
  return { organizations: [organizations].flat(), extendedKeyUsage: ext_key_usage ?? [] };
}
