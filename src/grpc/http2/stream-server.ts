import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Peer } from "../call.ts";
import type { Connection } from "./listener.ts";
import { sessionSettings, widenWindow } from "./settings.ts";

/** A stream that a client has opened, with all that came at its opening. */
export interface IncomingStream {
  readonly stream: ServerHttp2Stream;
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, repeated headers apart. */
  readonly rawHeaders: readonly string[];
  readonly peer: Peer;
}

/** HTTP/2 over sockets that others accept: what is common to the gRPC server and the router. */
export interface StreamServer {
  accept(connection: Connection): void;
  /** Lets no new streams in, and closes each connection when its last stream ends. */
  close(): void;
}

/** How long a new connection may take for its first frame: none may be held open by saying nothing. */
const firstFrameTimeoutMs = 20_000;

export function serveStreams(
  onStream: (incoming: IncomingStream) => void,
  limits: { readonly firstFrameTimeoutMs: number } = { firstFrameTimeoutMs },
): StreamServer {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({ settings: sessionSettings });
  // Whose the session is that is made within the emit below: it does not know itself.
  let accepting: Connection | undefined;

  server.on("session", (session) => {
    sessions.add(session);
    widenWindow(session);
    const peer = accepting?.peer ?? { address: undefined, certificate: undefined };
    const silent = setTimeout(() => session.destroy(), limits.firstFrameTimeoutMs);
    session.once("remoteSettings", () => clearTimeout(silent));
    session.on("error", ignore); // "close" follows
    session.once("close", () => {
      clearTimeout(silent);
      sessions.delete(session);
    });
    session.on("stream", (stream, headers, _flags, rawHeaders?: readonly string[]) =>
      onStream({ stream, path: headers[":path"] ?? "", headers, rawHeaders: rawHeaders ?? [], peer }),
    );
  });
  server.on("sessionError", ignore);

  return {
    accept: (connection) => {
      connection.bytes.on("error", ignore); // a reset connection: its session closes
      accepting = connection;
      server.emit("connection", connection.bytes);
    },
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

const ignore = (): void => undefined;
