import type { Channel } from "../client/channel.ts";
import { connect } from "../client/connect.ts";
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from "../server/server.ts";
import { type EchoService, echoService } from "./echo.ts";
import { socketPath } from "./socket-path.ts";

export interface ServedEcho extends AsyncDisposable {
  readonly service: EchoService;
  readonly server: GrpcServer;
  readonly channel: Channel;
  readonly path: string;
}

/** The echo service on a unix socket, and a channel to it. */
export async function servedEcho(options: Omit<GrpcServerOptions, "services"> = {}): Promise<ServedEcho> {
  const socket = socketPath();
  const service = echoService();
  const server = createGrpcServer({ ...options, services: service.handlers });
  await server.listenUnix(socket.path);
  const channel = connect({ target: { unix: socket.path } });
  return {
    service,
    server,
    channel,
    path: socket.path,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.close();
      socket[Symbol.dispose]();
    },
  };
}
