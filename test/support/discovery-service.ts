import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Notice } from "../../src/async/notice.ts";
import { implement } from "../../src/grpc/implement.ts";
import { createGrpcServer } from "../../src/grpc/server/server.ts";
import { Code, StatusError } from "../../src/grpc/status.ts";
import { addressToBytes } from "../../src/net/address.ts";
import { sidero } from "../../src/proto/discovery.ts";
import { toNumber } from "../../src/proto/int64.ts";

const pb = sidero.discovery.server;

interface Kept {
  readonly data: Uint8Array;
  readonly endpoints: readonly Uint8Array[];
  readonly expiresMs: number;
}

/** A discovery service of our own: it keeps what it cannot read, and tells it to the cluster. */
export interface DiscoveryService extends AsyncDisposable {
  /** Without TLS, on loopback. */
  readonly port: number;
  readonly endpoint: string;
  /** What it keeps of a cluster, as it keeps it. */
  kept(clusterId: string): ReadonlyMap<string, Kept>;
  /** Sends whoever says hello from now on to another one. */
  redirect: string | undefined;
  /** Breaks all connections; it can be reached again at once. */
  breakConnections(): void;
}

/** As the service sees everybody. */
export const callersAddress = "192.0.2.1";

export async function startDiscoveryService(): Promise<DiscoveryService> {
  const clusters = new Map<string, Map<string, Kept>>();
  const changed = new Notice();
  const clusterOf = (id: string) => {
    const cluster = clusters.get(id) ?? new Map<string, Kept>();
    clusters.set(id, cluster);
    for (const [affiliate, { expiresMs }] of cluster) if (expiresMs <= Date.now()) cluster.delete(affiliate);
    return cluster;
  };
  const told = (id: string) =>
    [...clusterOf(id)].map(([affiliate, { data, endpoints }]) => ({ id: affiliate, data, endpoints: [...endpoints] }));
  const options = { redirect: undefined as string | undefined };
  const named = <T extends { cluster_id: string }>(request: T): T => {
    if (request.cluster_id === "") throw new StatusError(Code.invalidArgument, "cluster ID can't be empty");
    return request;
  };
  const method = <K extends "unary" | "serverStream", Q, R>(kind: K, request: Q, response: R) => ({
    kind,
    request,
    response,
  });
  const path = "sidero.discovery.server.Cluster";
  const server = createGrpcServer({
    services: {
      [`${path}/Hello`]: implement(method("unary", pb.HelloRequest, pb.HelloResponse), async (request) => {
        named(request);
        const redirect = options.redirect === undefined ? {} : { redirect: { endpoint: options.redirect } };
        return { client_ip: addressToBytes(callersAddress), ...redirect };
      }),
      [`${path}/AffiliateUpdate`]: implement(
        method("unary", pb.AffiliateUpdateRequest, pb.AffiliateUpdateResponse),
        async (request) => {
          const cluster = clusterOf(named(request).cluster_id);
          const before = cluster.get(request.affiliate_id);
          const endpoints = [...(before?.endpoints ?? []), ...request.affiliate_endpoints];
          const once = new Map(endpoints.map((bytes) => [Buffer.from(bytes).toString("hex"), bytes]));
          cluster.set(request.affiliate_id, {
            data: request.affiliate_data ?? before?.data ?? new Uint8Array(),
            endpoints: [...once.values()],
            expiresMs: Date.now() + 1_000 * toNumber(request.ttl?.seconds ?? 0),
          });
          changed.post();
          return {};
        },
      ),
      [`${path}/AffiliateDelete`]: implement(
        method("unary", pb.AffiliateDeleteRequest, pb.AffiliateDeleteResponse),
        async (request) => {
          clusterOf(named(request).cluster_id).delete(request.affiliate_id);
          changed.post();
          return {};
        },
      ),
      [`${path}/Watch`]: implement(
        method("serverStream", pb.WatchRequest, pb.WatchResponse),
        async function* (request, { signal }) {
          const { cluster_id: id } = named(request);
          let next = changed.next(signal);
          let before = told(id);
          yield { affiliates: before };
          while (!signal.aborted) {
            await next;
            // Asked for before it is read: what changes while it is told is told next.
            next = changed.next(signal);
            const now = told(id);
            const gone = before.filter((old) => !now.some((affiliate) => affiliate.id === old.id));
            if (gone.length > 0) yield { affiliates: gone, deleted: true };
            yield { affiliates: now };
            before = now;
          }
        },
      ),
    },
  });
  const directory = await mkdtemp(join(tmpdir(), "discovery-"));
  const socket = join(directory, "service.sock");
  await server.listenUnix(socket);
  const open = new Set<() => void>();
  const door = createServer((client) => {
    const inner = connect(socket);
    const end = () => {
      client.destroy();
      inner.destroy();
      open.delete(end);
    };
    open.add(end);
    for (const side of [client, inner]) side.on("error", end).on("close", end);
    client.pipe(inner).pipe(client);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const address = door.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const breakConnections = () => {
    for (const end of [...open]) end();
  };
  return {
    port,
    endpoint: `127.0.0.1:${port}`,
    kept: clusterOf,
    get redirect() {
      return options.redirect;
    },
    set redirect(endpoint) {
      options.redirect = endpoint;
    },
    breakConnections,
    async [Symbol.asyncDispose]() {
      door.close();
      breakConnections();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
