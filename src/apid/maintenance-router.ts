import type { ServerHttp2Stream } from "node:http2";
import { RateLimit, type RateLimitOptions } from "../async/rate-limit.ts";
import type { IncomingStream } from "../grpc/http2/stream-server.ts";
import { requireMaintenanceMethod } from "../grpc/maintenance.ts";
import { endWithStatus } from "../grpc/proxy/end-with-status.ts";
import { Code, StatusError } from "../grpc/status.ts";
import type { Role } from "../pki/role.ts";
import { methodAt } from "../proto/methods.ts";
import { backendsOfClient } from "./backends-of-client.ts";
import { pass } from "./pass.ts";

/** What strangers may take of a machine: they are not many, and nobody can be told from anybody else. */
export interface MaintenanceLimits {
  /** Calls at a time, of all clients together. */
  readonly calls: number;
  /** Of those, calls that carry a config, each of up to `configBytes`. */
  readonly configCalls: number;
  readonly configBytes: number;
  /** What any other request may have. */
  readonly requestBytes: number;
  /** New calls of one address. */
  readonly rate: RateLimitOptions;
  /** Of those, calls that carry a config. */
  readonly configRate: RateLimitOptions;
}

/**
 * To read a config takes PID 1 some hundred times the config's own memory in the worst case, and its processor meanwhile.
 * Whoever needs more than a mebibyte names a place for it (`talos.config=`).
 */
const defaultLimits: MaintenanceLimits = {
  calls: 64,
  configCalls: 2,
  configBytes: 1_024 * 1_024,
  requestBytes: 64 * 1_024,
  rate: { burst: 200, intervalMs: 20, peers: 256 },
  configRate: { burst: 10, intervalMs: 1_000, peers: 256 },
};

/** For calls that are being answered when the machine has got its config. */
const graceMs = 10_000;

const configMethods: ReadonlySet<string> = new Set([
  "/machine.MachineService/ApplyConfiguration",
  "/machine.MachineService/GenerateConfiguration",
]);

/** Whoever calls may read what is no secret, and configure the machine. */
const roles: ReadonlySet<Role> = new Set<Role>(["os:reader"]);

export interface MaintenanceRouter {
  accept(incoming: IncomingStream): void;
  /** Takes in no more calls, and ends those that would go on without end; the others have a while for their answers. */
  close(): void;
}

/** Takes in the calls of anybody, for this machine alone: it has nothing to show to others. */
export function createMaintenanceRouter(
  machineSocket: string,
  limits: MaintenanceLimits = defaultLimits,
): MaintenanceRouter {
  const backendsFor = backendsOfClient({ machineSocket, client: () => undefined, nodePort: () => 0 });
  const rate = new RateLimit(limits.rate);
  const configRate = new RateLimit(limits.configRate);
  const calls = new Map<ServerHttp2Stream, string>();
  let open = true;

  const admit = ({ path, peer, stream }: IncomingStream): void => {
    if (!open) throw configured();
    const address = peer.address ?? "";
    const tooOften = !rate.allow(address) || (configMethods.has(path) && !configRate.allow(address));
    if (tooOften) throw exhausted("this address calls too often");
    requireMaintenanceMethod(path);
    const ofConfigs = [...calls.values()].filter((each) => configMethods.has(each)).length;
    if (calls.size >= limits.calls) throw exhausted(`${calls.size} calls are being answered`);
    if (configMethods.has(path) && ofConfigs >= limits.configCalls)
      throw exhausted(`${ofConfigs} configs are being taken in`);
    calls.set(stream, path);
    stream.once("close", () => calls.delete(stream));
  };

  return {
    accept(incoming) {
      try {
        admit(incoming);
        const requestBytes = configMethods.has(incoming.path) ? limits.configBytes : limits.requestBytes;
        void pass(incoming, roles, backendsFor(incoming).machine(), { requestBytes });
      } catch (thrown) {
        endWithStatus(incoming.stream, thrown);
      }
    },
    close() {
      open = false;
      for (const [stream, path] of calls) if (methodAt(path)?.kind !== "unary") endWithStatus(stream, configured());
      setTimeout(() => {
        for (const stream of calls.keys()) endWithStatus(stream, configured());
      }, graceMs).unref();
    },
  };
}

const configured = (): StatusError =>
  new StatusError(Code.unavailable, "The machine is configured now, and answers those that it knows");

const exhausted = (why: string): StatusError =>
  new StatusError(Code.resourceExhausted, `Cannot take the call in: ${why}; try again later`);
