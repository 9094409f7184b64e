import { Notice } from "../async/notice.ts";
import type { ReconcileContext } from "../cosi/controller.ts";
import { messageOf } from "../errors/message.ts";
import type { KubeAccess } from "../kube/access.ts";
import { KubeClient, type Query } from "../kube/client.ts";
import { follow } from "../kube/follow.ts";
import { KubeUnreachable } from "../kube/kube-error.ts";
import type { KubeObject } from "../kube/object.ts";

/** Objects of the API server, and in whose name they are read. */
export interface Followed {
  readonly access: KubeAccess;
  readonly path: string;
  readonly query?: Query;
}

/** A refused connection costs next to nothing, and a machine that boots waits for its own API server. */
const backoff = { initialMs: 100, maximumMs: 2_000 };

/**
 * Follows objects of the API server for one controller, which says at each pass what to follow, and is woken when that
 * changes. While the server cannot be reached, what was known last stays.
 */
export class KubeFollower<T extends KubeObject> {
  readonly #changed: Notice;
  #key = "";
  #objects: ReadonlyMap<string, T> | undefined;
  #stopping = new AbortController();
  #problem = "";

  /** @param changed shared by followers of one controller, so that each one's changes are those of all */
  constructor(changed = new Notice()) {
    this.#changed = changed;
  }

  /** Yields at each change, until the signal aborts. For `wakeOn`. */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      await this.#changed.next(signal);
      yield;
    }
  }

  /** The objects by their names, as far as known; undefined until they were read. Follows nothing without a source. */
  see(source: Followed | undefined, context: ReconcileContext): ReadonlyMap<string, T> | undefined {
    const key = source === undefined ? "" : JSON.stringify(source);
    if (key !== this.#key) {
      this.#stopping.abort();
      this.#stopping = new AbortController();
      this.#key = key;
      this.#objects = undefined;
      if (source !== undefined) {
        const following = this.#follow(source, context, this.#stopping.signal);
        following.catch((thrown) => context.log("error", messageOf(thrown)));
      }
    }
    return this.#objects;
  }

  async #follow({ access, path, query = {} }: Followed, context: ReconcileContext, stopping: AbortSignal) {
    using client = new KubeClient(access);
    const signal = AbortSignal.any([context.signal, stopping]);
    let wasReached = false;
    const onRetry = (reason: string, thrown: unknown) => {
      // A cluster that is still to come up is no trouble; one that went away is told by KubePrism, too.
      const level = thrown instanceof KubeUnreachable ? (wasReached ? "info" : "debug") : "warn";
      // Once for each trouble, however often it is tried again.
      if (reason !== this.#problem) context.log(level, reason);
      this.#problem = reason;
    };
    for await (const objects of follow<T>(client, path, query, signal, { onRetry, backoff })) {
      wasReached = true;
      this.#problem = "";
      this.#objects = new Map(objects);
      this.#changed.post();
    }
  }
}
