import { defineController } from "../../cosi/controller.ts";
import { Service } from "../../resources/v1alpha1/service.ts";

/** What this controller needs to know of a service. */
export interface SupervisedService {
  readonly id: string;
  readonly state: string;
  readonly health: { readonly unknown: boolean; readonly healthy: boolean };
}

/** Where services live; the machine's supervisor. */
export interface SupervisedServices {
  list(): readonly SupervisedService[];
  /** Each service after each of its changes, in their order. */
  changes(signal: AbortSignal): AsyncIterable<SupervisedService>;
}

const down: ReadonlySet<string> = new Set(["Finished", "Failed", "Skipped"]);

/**
 * Shows services that are started as Service resources. One that was stopped is gone as a resource, however soon it is
 * started again: clients whose changes restart a service wait for that.
 */
export const serviceController = (supervised: SupervisedServices) => {
  const stopping = new Set<string>();
  const stopped = new Set<string>();
  return defineController({
    name: "v1alpha1.ServiceController",
    inputs: [],
    outputs: [{ kind: Service, sharing: "exclusive" }],
    async *wakeOn(signal) {
      for await (const { id, state } of supervised.changes(signal)) {
        if (state === "Stopping") stopping.add(id);
        else if (stopping.delete(id)) stopped.add(id);
        yield;
      }
    },
    async reconcile(context) {
      for (const { id, state, health } of supervised.list()) {
        if (stopped.delete(id)) await context.destroy(Service, id);
        if (down.has(state)) continue;
        const { healthy, unknown } = health;
        await context.put(Service, id, { running: state === "Running", healthy, unknown });
      }
    },
  });
};
