import { Queue } from "../../async/queue.ts";
import { Failure } from "../../errors/failure.ts";
import type { EventLog, LogStore, ServiceSnapshot, ServiceState, Supervisor } from "../machine.ts";
import type { ServiceDefinition, ServiceHost } from "./service.ts";
import { ServiceUnit } from "./unit.ts";

/** Numbers of machine.ServiceStateEvent.Action. */
const action = {
  Initialized: 0,
  Preparing: 1,
  Waiting: 2,
  Running: 3,
  Stopping: 4,
  Finished: 5,
  Failed: 6,
  Skipped: 7,
  Starting: 8,
} as const satisfies Record<ServiceState, number>;

export interface SupervisorOptions {
  readonly host: ServiceHost;
  readonly logs: LogStore;
  readonly events: EventLog;
}

/** All services of this machine: starts them after, and stops them before, what they depend on. */
export class ServiceSupervisor implements Supervisor {
  readonly #units = new Map<string, ServiceUnit>();
  readonly #listeners = new Set<(snapshot: ServiceSnapshot) => void>();
  readonly #options: SupervisorOptions;
  /** Set by the shutdown: nothing may be started any more. */
  #closed = false;

  constructor(definitions: readonly ServiceDefinition[], options: SupervisorOptions) {
    this.#options = options;
    for (const definition of definitions) {
      this.#units.set(definition.id, this.#createUnit(definition));
    }
    for (const { definition } of this.#units.values()) {
      for (const id of definition.after ?? []) this.#unit(id);
    }
  }

  list(): ServiceSnapshot[] {
    return [...this.#units.values()]
      .map((unit) => unit.snapshot())
      .filter(({ events }) => events.length > 0)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  definitions(): ServiceDefinition[] {
    return [...this.#units.values()].map(({ definition }) => definition);
  }

  async start(id: string): Promise<void> {
    const unit = this.#unit(id);
    if (this.#closed) throw new Failure(`Cannot start service "${id}": the machine is shutting down`);
    unit.start();
  }

  async stop(id: string): Promise<void> {
    await this.#unit(id).stop();
  }

  async restart(id: string): Promise<void> {
    await this.stop(id);
    await this.start(id);
  }

  /** Stops every service for good, each only after all that depend on it have stopped. */
  async stopAll(): Promise<void> {
    this.#closed = true;
    const stopped = new Map<string, Promise<void>>();
    const stop = (unit: ServiceUnit): Promise<void> => {
      const { id } = unit.definition;
      const known = stopped.get(id);
      if (known !== undefined) return known;
      const dependants = [...this.#units.values()].filter(({ definition }) => definition.after?.includes(id));
      const stopping = Promise.all(dependants.map(stop)).then(() => unit.stop());
      stopped.set(id, stopping);
      return stopping;
    };
    const units = [...this.#units.values()];
    await Promise.all(units.filter(({ definition }) => definition.stopsLast !== true).map(stop));
    await Promise.all(units.map(stop));
  }

  /** Snapshots as services change, until the signal aborts. A reader far behind misses some: it lists again. */
  async *changes(signal: AbortSignal): AsyncGenerator<ServiceSnapshot, void, undefined> {
    using queue = new Queue<ServiceSnapshot>(256);
    const listener = (snapshot: ServiceSnapshot) => queue.push(snapshot);
    const onAbort = () => queue.close();
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      if (!signal.aborted) yield* queue;
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Resolves when the service is up: running, and healthy if it has a health check. */
  async whenUp(id: string, signal: AbortSignal): Promise<void> {
    const unit = this.#unit(id);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const listener = () => {
      if (unit.up) resolve();
    };
    const onAbort = () => reject(signal.reason);
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      listener();
      await promise;
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #unit(id: string): ServiceUnit {
    const unit = this.#units.get(id);
    if (unit === undefined) throw new Failure(`service "${id}" not defined`);
    return unit;
  }

  #createUnit(definition: ServiceDefinition): ServiceUnit {
    const { host, logs, events } = this.#options;
    let recorded: readonly unknown[] = [];
    return new ServiceUnit(definition, {
      host,
      log: logs.open(definition.id),
      isUp: (id) => this.#unit(id).up,
      whenUp: (id, signal) => this.whenUp(id, signal),
      onChange: (snapshot) => {
        if (snapshot.events !== recorded) events.publish(eventOf(snapshot));
        recorded = snapshot.events;
        for (const listener of this.#listeners) listener(snapshot);
      },
    });
  }
}

function eventOf({ id, state, events, health }: ServiceSnapshot) {
  const seconds = Math.floor(health.lastChange.getTime() / 1_000);
  const nanos = (health.lastChange.getTime() % 1_000) * 1_000_000;
  return {
    kind: "machine.ServiceStateEvent",
    value: {
      service: id,
      action: action[state],
      message: events.at(-1)?.message ?? "",
      health: {
        unknown: health.unknown,
        healthy: health.healthy,
        last_message: health.lastMessage,
        last_change: { seconds, nanos },
      },
    },
  };
}
