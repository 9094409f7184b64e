import type { ClientHttp2Session } from "node:http2";
import { Connection } from "../grpc/client/connection.ts";
import { Code, StatusError } from "../grpc/status.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { isOwnName } from "./own-name.ts";

export interface BackendOptions {
  /** machined's socket. */
  readonly machineSocket: string;
  /** What this node shows when it calls others; none on workers, which forward nothing. */
  readonly client: () => TlsIdentity | undefined;
  /** Where the other nodes listen. */
  readonly nodePort: () => number;
}

/**
 * The connections made on behalf of one client, to machined and to other nodes. Of one client only: all calls of a
 * connection share its flow-control window, and one client that stops reading must not stop the others. They close
 * with the client's own connection, and with them all that it has asked for.
 */
export class Backends implements Disposable {
  readonly #options: BackendOptions;
  readonly #connections = new Map<string, Connection>();

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  machine(): Promise<ClientHttp2Session> {
    return this.#connection("", () => ({ unix: this.#options.machineSocket })).session();
  }

  /** @throws StatusError when the node cannot be reached, or this one may not forward. */
  async node(node: string): Promise<ClientHttp2Session> {
    if (isOwnName(node)) return this.machine();
    return this.#connection(node, () => {
      const tls = this.#options.client();
      if (tls === undefined) throw new StatusError(Code.permissionDenied, "no request forwarding");
      return { ...hostAndPort(node, this.#options.nodePort()), tls };
    }).session();
  }

  #connection(key: string, target: () => ConstructorParameters<typeof Connection>[0][number]): Connection {
    return this.#connections.getOrInsertComputed(key, () => new Connection([target()]));
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections.values()) connection[Symbol.dispose]();
    this.#connections.clear();
  }
}

/** A node as people name it: `10.0.2.15`, `node-1:50000`, `fd00::1`, `[fd00::1]:50000`. */
export function hostAndPort(node: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(node) ?? /^([^:]+)(?::(\d+))?$/.exec(node);
  return { host: bracketed?.[1] ?? node, port: Number(bracketed?.[2] ?? defaultPort) };
}
