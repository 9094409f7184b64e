import { listenTls } from "../grpc/http2/listen-tls.ts";
import { serveStreams } from "../grpc/http2/stream-server.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { apidProgram } from "../well-known.ts";
import { createMaintenanceRouter, type MaintenanceLimits } from "./maintenance-router.ts";

export interface MaintenanceOptions {
  readonly identity: TlsIdentity;
  readonly machineSocket: string;
  readonly host?: string;
  /** 50000 unless a test says otherwise. */
  readonly port?: number;
  readonly limits?: MaintenanceLimits;
}

export interface MaintenanceDoor extends AsyncDisposable {
  readonly port: number;
  replaceIdentity(identity: TlsIdentity): void;
}

/** Far fewer than administrators get: whoever comes here is unknown. */
const listenLimits = { connections: 64, handshakeTimeoutMs: 10_000 };

/**
 * The API's front door on a machine that waits for its config: open to everybody, for next to nothing. When it closes,
 * calls that came through it still get their answers: the one that brought the config among them.
 * @throws Failure when it cannot listen
 */
export async function openMaintenanceDoor(options: MaintenanceOptions): Promise<MaintenanceDoor> {
  const router = createMaintenanceRouter(options.machineSocket, options.limits);
  const http2 = serveStreams(router.accept);
  const listener = await listenTls(
    {
      port: options.port ?? apidProgram.port,
      identity: options.identity,
      clientCertificate: "none",
      limits: listenLimits,
      ...(options.host === undefined ? {} : { host: options.host }),
    },
    http2.accept,
  );
  return {
    port: listener.port,
    replaceIdentity: (identity) => listener.replaceIdentity(identity),
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      router.close();
      http2.close();
    },
  };
}
