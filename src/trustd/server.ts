import type { TlsListener } from "../grpc/http2/listen-tls.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { methods } from "../proto/methods.ts";
import { trustdProgram } from "../well-known.ts";
import type { SigningAuthority } from "./authority.ts";
import { certificate } from "./certificate.ts";

const method = "securityapi.SecurityService/Certificate";

/** A certificate request is small; so is what strangers may make us read. */
const maximumMessageBytes = 256 * 1024;

export interface TrustdOptions {
  readonly identity: TlsIdentity;
  /** Asked at each call: authorities are rotated. */
  readonly authority: () => SigningAuthority | undefined;
  readonly host?: string;
  readonly port?: number;
  readonly onError?: (method: string, message: string) => void;
}

export interface Trustd extends AsyncDisposable, Pick<TlsListener, "port" | "replaceIdentity"> {}

/** Signs the certificates of machines that join. @throws Failure when it cannot listen. */
export async function startTrustd({ identity, authority, host, port, onError }: TrustdOptions): Promise<Trustd> {
  const server = createGrpcServer({
    services: { [method]: implement(methods[method], certificate(authority)) },
    limits: { messageBytes: maximumMessageBytes },
    ...(onError === undefined ? {} : { onError }),
  });
  const listener = await server.listenTls({
    port: port ?? trustdProgram.port,
    identity,
    // Who joins has no certificate yet: that is what it comes for.
    clientCertificate: "none",
    ...(host === undefined ? {} : { host }),
  });
  return {
    port: listener.port,
    replaceIdentity: (next) => listener.replaceIdentity(next),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
