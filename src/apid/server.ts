import { listenTls, type TlsListener } from "../grpc/http2/listen-tls.ts";
import { serveStreams } from "../grpc/http2/stream-server.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { apidProgram } from "../well-known.ts";
import { createRouter } from "./router.ts";

/** The certificates of this node, each with the authorities to check others' against. */
export interface NodeIdentity {
  readonly server: TlsIdentity;
  /** None on workers. */
  readonly client: TlsIdentity | undefined;
}

export interface ApidOptions {
  readonly identity: NodeIdentity;
  readonly machineSocket: string;
  readonly host?: string;
  /** 50000 unless a test says otherwise; the other nodes are called at the same one. */
  readonly port?: number;
}

export interface Apid extends AsyncDisposable {
  readonly port: number;
  /** Goes on with renewed certificates or other authorities; connections stay. */
  replaceIdentity(identity: NodeIdentity): void;
}

/** The API's front door. @throws Failure when it cannot listen. */
export async function startApid(options: ApidOptions): Promise<Apid> {
  let { client } = options.identity;
  const http2 = serveStreams(
    createRouter({ machineSocket: options.machineSocket, client: () => client, nodePort: () => listener.port }),
  );
  const listener: TlsListener = await listenTls(
    {
      port: options.port ?? apidProgram.port,
      identity: options.identity.server,
      clientCertificate: "required",
      ...(options.host === undefined ? {} : { host: options.host }),
    },
    http2.accept,
  );
  return {
    port: listener.port,
    replaceIdentity(identity) {
      client = identity.client;
      listener.replaceIdentity(identity.server);
    },
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      http2.close();
    },
  };
}
