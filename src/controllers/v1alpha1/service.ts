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
  changes(signal: AbortSignal): AsyncIterable<unknown>;
}

/** Shows services that are started as Service resources. */
export const serviceController = (supervised: SupervisedServices) =>
  defineController({
    name: "v1alpha1.ServiceController",
    inputs: [],
    outputs: [{ kind: Service, sharing: "exclusive" }],
    wakeOn: (signal) => supervised.changes(signal),
    async reconcile(context) {
      for (const { id, state, health } of supervised.list()) {
        if (state === "Finished" || state === "Failed" || state === "Skipped") continue;
        const { healthy, unknown } = health;
        await context.put(Service, id, { running: state === "Running", healthy, unknown });
      }
    },
  });
