import type { Socket, TCPSocketListener } from "bun";
import { dial, dialFirst } from "./dial.ts";
import { Gate } from "./gate.ts";
import type { AskReadiness } from "./readiness.ts";
import { RelaySide, relayHandlers } from "./relay.ts";
import { type Target, textOf } from "./target.ts";
import { Upstreams } from "./upstreams.ts";

export interface BalancerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly targets: readonly Target[];
  /** Clients at the same time; whoever comes then is sent away. */
  readonly limit?: number;
  /** Whether a server that listens is ready for clients. Default: always. */
  readonly readiness?: AskReadiness;
  readonly timings?: Partial<BalancerTimings>;
}

export interface BalancerTimings {
  readonly probeIntervalMs: number;
  readonly firstProbeIntervalMs: number;
  readonly timeoutMs: number;
  /** While no server is known to answer. */
  readonly hopelessTimeoutMs: number;
  readonly headStartMs: number;
  /** Between two questions whether a server that starts is ready, and how long clients are held meanwhile. */
  readonly pollMs: number;
  readonly holdMs: number;
}

const usual: BalancerTimings = {
  probeIntervalMs: 20_000,
  firstProbeIntervalMs: 250,
  timeoutMs: 15_000,
  hopelessTimeoutMs: 2_000,
  headStartMs: 300,
  pollMs: 200,
  holdMs: 10_000,
};

const always: AskReadiness = async () => "ready";

/**
 * Passes TCP connections on to servers of which any will do. A client reaches a server if there is one: those that are
 * thought to answer are tried first, and when there is none, all are tried before the connection is closed.
 */
export class Balancer implements AsyncDisposable {
  readonly #listener: TCPSocketListener<RelaySide>;
  readonly #upstreams = new Upstreams();
  readonly #stopping = new AbortController();
  readonly #timings: BalancerTimings;
  readonly #limit: number;
  readonly #readiness: AskReadiness;
  readonly #gate: Gate;
  /** Servers that nobody is held for any longer, although they are not ready. */
  readonly #lateOnes = new Set<string>();
  readonly #watching: Promise<void>;
  #clients = 0;

  /** @throws when the port is taken */
  constructor({ host, port, targets, limit = 2_048, readiness = always, timings = {} }: BalancerOptions) {
    this.#timings = { ...usual, ...timings };
    this.#readiness = readiness;
    this.#gate = new Gate({ readiness, ...this.#timings });
    this.#limit = limit;
    this.#listener = Bun.listen<RelaySide>({
      hostname: host,
      port,
      allowHalfOpen: true,
      socket: { ...relayHandlers, open: (socket) => void this.#accept(socket).catch(() => socket.terminate()) },
    });
    this.targets = targets;
    this.#watching = this.#watch();
  }

  get port(): number {
    return this.#listener.port;
  }

  get clients(): number {
    return this.#clients;
  }

  /** Whether any server answers; undefined while that has not been tried. */
  get healthy(): boolean | undefined {
    return this.#upstreams.healthy;
  }

  /** Clients that are connected stay where they are. */
  set targets(targets: readonly Target[]) {
    const own = textOf({ host: this.#listener.hostname, port: this.port });
    this.#lateOnes.clear();
    this.#upstreams.targets = targets.filter((target) => textOf(target) !== own);
  }

  /** Resolves at the next change of the servers or of their health. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#upstreams.changed(AbortSignal.any([signal, this.#stopping.signal]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#listener.stop(true);
    await this.#watching;
  }

  #watch(): Promise<void> {
    const { probeIntervalMs, firstProbeIntervalMs, timeoutMs } = this.#timings;
    const { signal } = this.#stopping;
    const probe = async (target: Target) => {
      const side = await dial(target, { timeoutMs, signal });
      side?.end();
      this.#lateOnes.delete(textOf(target));
      if (side === undefined) return false;
      const readiness = await this.#readiness(target, signal);
      // A server with too much to do is late with this, too: holding its clients back would not help it.
      return readiness === "ready" || (readiness === "silent" && this.#upstreams.answers(target));
    };
    return this.#upstreams.watch({ intervalMs: probeIntervalMs, firstIntervalMs: firstProbeIntervalMs, probe }, signal);
  }

  async #accept(socket: Socket<RelaySide>): Promise<void> {
    if (this.#clients >= this.#limit) {
      socket.data = new RelaySide();
      socket.terminate();
      return;
    }
    this.#clients += 1;
    const client = new RelaySide(() => {
      this.#clients -= 1;
    });
    socket.data = client;
    client.opened(socket);
    const server = await this.#dial();
    if (server === undefined || client.closed) {
      server?.terminate();
      client.terminate();
    } else RelaySide.join(client, server);
  }

  #dial(): Promise<RelaySide | undefined> {
    const { targets, hopeful } = this.#upstreams.candidates();
    const { timeoutMs, hopelessTimeoutMs, headStartMs } = this.#timings;
    const { signal } = this.#stopping;
    const limit = { timeoutMs: hopeful ? timeoutMs : hopelessTimeoutMs, signal };
    const connect = async (target: Target) => {
      const isKnown = this.#upstreams.answers(target) || this.#lateOnes.has(textOf(target));
      const side = await dial(target, limit);
      // Asked only now that it listens: what does not is not starting yet.
      const isLate = side !== undefined && !isKnown && !(await this.#gate.pass(target, signal));
      if (isLate) this.#lateOnes.add(textOf(target));
      return side;
    };
    return dialFirst(targets, {
      connect,
      headStartMs: hopeful ? headStartMs : 0,
      onResult: (target, answered) => this.#upstreams.record(target, answered && !this.#lateOnes.has(textOf(target))),
      signal,
    });
  }
}
