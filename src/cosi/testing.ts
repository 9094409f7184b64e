import { Failure } from "../errors/failure.ts";
import type { Controller } from "./controller.ts";
import { memoryState } from "./memory/memory-state.ts";
import type { Resource, ResourceKind } from "./resource.ts";
import { Runtime } from "./runtime.ts";
import type { InNamespace, State } from "./state.ts";

/**
 * Long enough for a busy machine, short enough that a test says what it waited for before its runner gives up. An
 * emulated machine needs a multiple of it, and says so.
 */
const limitMs = 15_000 * Number(process.env.TEST_PATIENCE ?? 1);

/** Controllers that run against a fresh state for the length of a test. */
export interface TestRuntime extends AsyncDisposable {
  readonly state: State;
  readonly runtime: Runtime;
  /** What the controllers logged, `name: message`, but for level debug. */
  readonly logged: readonly string[];
  /** Waits until the resource is there and as the test wants it. */
  eventually<S>(
    kind: ResourceKind<S>,
    id: string,
    predicate?: (resource: Resource<S>) => boolean,
    options?: InNamespace,
  ): Promise<Resource<S>>;
  eventuallyGone(kind: ResourceKind, id: string, options?: InNamespace): Promise<void>;
}

export async function runtimeWith(...controllers: readonly Controller[]): Promise<TestRuntime> {
  const state = memoryState();
  const logged: string[] = [];
  const runtime = new Runtime({
    state,
    log: (name, level, message) => {
      if (level !== "debug") logged.push(`${name}: ${message}`);
    },
    backoff: { initialMs: 1, maximumMs: 20 },
  });
  for (const controller of controllers) runtime.register(controller);
  const stopping = new AbortController();
  const running = runtime.run(stopping.signal);

  async function waitFor<S>(
    kind: ResourceKind<S>,
    id: string,
    accepts: (resource: Resource<S> | undefined) => boolean,
    options: InNamespace = {},
  ): Promise<Resource<S> | undefined> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(limitMs)]);
    let last: Resource<S> | undefined;
    for await (const event of state.watch(kind, { ...options, id, signal })) {
      if (event.type === "errored") throw event.error;
      last = event.type === "created" || event.type === "updated" ? event.resource : undefined;
      if (accepts(last)) return last;
    }
    throw new Failure(
      `Cannot see ${kind.type} "${id}" as expected within ${limitMs} ms: it is ${JSON.stringify(last)}\n${logged.join("\n")}`,
    );
  }

  return {
    state,
    runtime,
    logged,
    async eventually(kind, id, predicate = () => true, options = {}) {
      const found = await waitFor(kind, id, (resource) => resource !== undefined && predicate(resource), options);
      if (found === undefined) throw new Failure(`Cannot see ${kind.type} "${id}"`);
      return found;
    },
    async eventuallyGone(kind, id, options) {
      await waitFor(kind, id, (resource) => resource === undefined, options);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
