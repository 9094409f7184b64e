import { createHash } from "node:crypto";
import { connect as connectNet, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Failure } from "../../errors/failure.ts";
import type { PlainTarget, Target, TlsTarget } from "../target.ts";
import { secureContextOptions } from "../tls-identity.ts";

/** A connected socket, its TLS handshake done. */
export function openSocket(target: Target, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = "unix" in target ? connectNet({ path: target.unix }) : dial(target);
  const abort = () =>
    socket.destroy(
      signal.reason instanceof Error ? signal.reason : new Failure("Cannot connect: nobody waits for it any more"),
    );
  signal.addEventListener("abort", abort, { once: true });
  socket.once("error", reject);
  socket.once("close", () => reject(new Failure("it closed the connection")));
  socket.once("tls" in target ? "secureConnect" : "connect", () => {
    signal.removeEventListener("abort", abort);
    try {
      if ("tls" in target) checkFingerprint(socket as TLSSocket, target);
      socket.off("error", reject);
      resolve(socket);
    } catch (thrown) {
      socket.destroy();
      reject(thrown);
    }
  });
  return promise;
}

/** After this long without a byte the kernel asks whether the peer is still there. */
const keepAliveMs = 30_000;

function dial(target: TlsTarget | PlainTarget): Socket {
  const { host, port } = target;
  const socket = "tls" in target ? dialTls(target) : connectNet({ host, port });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  return socket;
}

const dialTls = ({ host, port, tls }: TlsTarget): TLSSocket =>
  connectTls({
    host,
    port,
    // Names only: RFC 6066 forbids addresses there.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...secureContextOptions(tls),
    rejectUnauthorized: tls.authorities !== undefined,
    ALPNProtocols: ["h2"],
  });

function checkFingerprint(socket: TLSSocket, { fingerprints }: TlsTarget): void {
  if (fingerprints === undefined) return;
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  const fingerprint = createHash("sha256")
    .update(key ?? "")
    .digest("base64");
  if (fingerprints.includes(fingerprint)) return;
  throw new Failure(`the server's certificate has the fingerprint ${fingerprint}, which is not an accepted one`);
}
