import { listenTls } from "../grpc/http2/listen-tls.ts";
import type { Connection } from "../grpc/http2/listener.ts";
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

/** Fewer than administrators get: whoever comes here is unknown. */
const listenLimits = { connections: 256, handshakeTimeoutMs: 10_000 };

/** Of one address: or a single stranger could keep the owner out by holding every connection there is. */
const connectionsPerAddress = 16;

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
    sharedFairly(http2.accept),
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

/** Closes what an address opens beyond its share. */
function sharedFairly(accept: (connection: Connection) => void): (connection: Connection) => void {
  const open = new Map<string, number>();
  return (connection) => {
    const address = connection.peer.address ?? "";
    const count = open.get(address) ?? 0;
    if (count >= connectionsPerAddress) return void connection.bytes.destroy();
    open.set(address, count + 1);
    connection.bytes.once("close", () => {
      const rest = (open.get(address) ?? 1) - 1;
      if (rest > 0) open.set(address, rest);
      else open.delete(address);
    });
    accept(connection);
  };
}
