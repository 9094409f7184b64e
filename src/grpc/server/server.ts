import type { Call } from "../call.ts";
import type { Handlers } from "../handler.ts";
import { healthHandlers } from "../health.ts";
import { listenTls, type TlsListener, type TlsListenOptions } from "../http2/listen-tls.ts";
import { listenUnix } from "../http2/listen-unix.ts";
import type { Listener } from "../http2/listener.ts";
import { serveStreams } from "../http2/stream-server.ts";
import { maximumMessageBytes } from "../message-framer.ts";
import { Code, StatusError } from "../status.ts";
import { serveCall } from "./serve-call.ts";
import { ServerCall } from "./server-call.ts";

/** Runs before a handler; throws StatusError to refuse the call. */
export type Interceptor = (call: Call) => void | Promise<void>;

export interface GrpcServerOptions {
  /** Besides these, every server answers the standard health check. */
  readonly services: Handlers;
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: { readonly messageBytes?: number };
  /** Told of each call that fails with what is no StatusError: a bug of ours, or trouble of the machine's. */
  readonly onError?: (method: string, message: string) => void;
}

export interface GrpcServer extends AsyncDisposable {
  /** @param mode permission bits of the socket, 0o600 by default. */
  listenUnix(path: string, mode?: number): Promise<Listener>;
  listenTls(options: TlsListenOptions): Promise<TlsListener>;
  /** Calls that are being served. */
  readonly activeCalls: number;
  /** Accepts no more, aborts the calls being served, and closes the connections. */
  close(): Promise<void>;
}

/** A gRPC server on node:http2. It holds no more per call than the call's own streams and buffers. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { interceptors = [], limits = {}, onError = () => undefined } = options;
  const names = new Set(Object.keys(options.services).map((method) => method.slice(0, method.indexOf("/"))));
  const services = { ...healthHandlers([...names]), ...options.services };
  const messageBytes = limits.messageBytes ?? maximumMessageBytes;
  const calls = new Set<ServerCall>();
  const listeners: Listener[] = [];

  const http2 = serveStreams((incoming) => {
    const call = new ServerCall(incoming);
    calls.add(call);
    const serving = serveCall(call, async () => {
      for (const intercept of interceptors) await intercept(call);
      const handler = Object.hasOwn(services, call.method) ? services[call.method] : undefined;
      if (handler === undefined) throw new StatusError(Code.unimplemented, `unknown method ${call.method}`);
      for await (const reply of handler.serve(call.requests(messageBytes), call)) {
        await call.write(reply);
        if (call.signal.aborted) break;
      }
    });
    void serving.then((bug) => bug !== undefined && onError(call.method, bug)).finally(() => calls.delete(call));
  });

  const keep = async <L extends Listener>(starting: Promise<L>): Promise<L> => {
    const listener = await starting;
    listeners.push(listener);
    return listener;
  };

  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
    for (const call of calls) call.abort(new StatusError(Code.unavailable, "The server is closing"));
    http2.close();
  };

  return {
    listenUnix: (path, mode = 0o600) => keep(listenUnix(path, mode, http2.accept)),
    listenTls: (tls) => keep(listenTls(tls, http2.accept)),
    get activeCalls() {
      return calls.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
