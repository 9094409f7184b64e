import { defineController } from "../../../cosi/controller.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";

/** What this controller needs to know of a service. */
export interface FailingService {
  readonly id: string;
  /** What it fails of again and again, and what to do about it; none while it does not, or runs. */
  readonly problem: readonly string[];
}

/** Where services live; the machine's supervisor. */
export interface FailingServices {
  list(): readonly FailingService[];
  /** Each service after each of its changes, in their order. */
  changes(signal: AbortSignal): AsyncIterable<FailingService>;
}

const name = "runtime.FailingServicesController";

/**
 * Says which services are started in vain again and again, of what they fail, and what to do. One that runs again is
 * believed to after a while: of a crash loop, some runs look well until they end.
 */
export const failingServicesController = (services: FailingServices, { steadyMs = 10_000 } = {}) => {
  const wellSince = new Map<string, number>();
  return defineController({
    name,
    inputs: [],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async *wakeOn(signal) {
      const failing = new Set<string>();
      for await (const { id, problem } of services.changes(signal)) {
        // Most changes are about services that are well.
        if (problem.length === 0 && !failing.delete(id)) continue;
        if (problem.length > 0) failing.add(id);
        yield;
      }
    },
    async reconcile(context) {
      const told = (await context.list(Diagnostic)).filter(({ metadata }) => metadata.owner === name);
      for (const { id, problem } of services.list()) {
        const about = `service-${id}`;
        if (problem.length > 0) {
          wellSince.delete(id);
          const details = [...problem, `talosctl service ${id} shows its events, talosctl logs ${id} its last words`];
          await context.put(Diagnostic, about, { message: `service ${id} keeps failing`, details });
        } else if (told.some(({ metadata }) => metadata.id === about)) {
          const leftMs = wellSince.getOrInsert(id, performance.now()) + steadyMs - performance.now();
          if (leftMs > 0) {
            context.requeueAfter(leftMs);
            continue;
          }
          wellSince.delete(id);
          await context.destroy(Diagnostic, about);
        }
      }
    },
  });
};
