import { timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Serves `/v2/…` of an OCI registry, read-only. */
export type RegistryHandler = (request: Request) => Response | Promise<Response>;

export interface ServeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Address to listen on: where the machines, and only they and this host, arrive. */
  readonly hostname: string;
  /** Unguessable path element in front of the configs: other users of this host can connect, too. */
  readonly token: string;
  /** Machine configs by the name that ends their URL. Read anew for each request, so that an edit takes effect. */
  readonly configs: ReadonlyMap<string, string>;
  readonly registry: RegistryHandler;
  log(line: string): void;
}

/** Starts the server that a cluster's machines boot from: their config, and their images. */
export function serve({ port, hostname, token, configs, registry, log }: ServeOptions): Bun.Server<undefined> {
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v2" || pathname.startsWith("/v2/")) return registry(request);
    const [, key = "", name = "", ...rest] = pathname.split("/");
    const path = configs.get(name);
    if (rest.length > 0 || path === undefined || !equal(key, token))
      return new Response("not found\n", { status: 404 });
    if (request.method !== "GET") return new Response("only GET\n", { status: 405, headers: { allow: "GET" } });
    return new Response(await readFile(path), { headers: { "content-type": "application/yaml" } });
  };
  return Bun.serve({
    port,
    hostname,
    idleTimeout: 120,
    maxRequestBodySize: 0,
    async fetch(request) {
      const response = await answer(request);
      // The token stays out of the log: only the end of the path is told.
      const { pathname } = new URL(request.url);
      const shown = pathname.startsWith("/v2") ? pathname : `…/${pathname.split("/").at(-1)}`;
      log(`${request.method} ${shown} ${response.status}`);
      return response;
    },
    error(cause) {
      log(`500 ${cause.message}`);
      return new Response("internal error\n", { status: 500 });
    },
  });
}

function equal(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => new Bun.CryptoHasher("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
