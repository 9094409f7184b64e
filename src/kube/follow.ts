import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { messageOf } from "../errors/message.ts";
import type { KubeClient, Query } from "./client.ts";
import { isKubeError } from "./kube-error.ts";
import { type KubeObject, keyOf } from "./object.ts";
import type { WatchEvent } from "./watch.ts";

export interface FollowOptions {
  /** Told of each failure that is followed by another try; not of the end of a quiet watch. */
  readonly onRetry?: (reason: string, thrown: unknown) => void;
  /** How long one watch lasts; a server that is gone without a word is noticed a little later. */
  readonly watchMs?: number;
  readonly backoff?: { readonly initialMs: number; readonly maximumMs: number };
}

const defaultWatchMs = 120_000;
/** What a server may need to end a watch that is over. */
const graceMs = 15_000;
const shortMs = 500;

/**
 * The objects of a path, by `namespace/name` (or `name`): now, and after each change. Asks again for as long as it
 * takes when the server cannot be reached, and reads everything anew when it has forgotten where we were. Ends when the
 * signal aborts. The map is the same one each time: it changes while the next is awaited, and only then.
 */
export async function* follow<T extends KubeObject>(
  client: Pick<KubeClient, "list" | "watch">,
  path: string,
  query: Query,
  signal: AbortSignal,
  options: FollowOptions = {},
): AsyncGenerator<ReadonlyMap<string, T>, void, undefined> {
  const { onRetry = () => undefined, watchMs = defaultWatchMs } = options;
  const backoff = new Backoff({ initialMs: 100, maximumMs: 10_000, jitter: 0.3, ...options.backoff });
  const objects = new Map<string, T>();
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await client.list<T>(path, query, signal);
        objects.clear();
        for (const object of list.items) objects.set(keyOf(object), object);
        version = list.resourceVersion;
        yield objects;
        if (signal.aborted) return;
      }
      const began = performance.now();
      for await (const event of watchFor(client, path, { ...query, resourceVersion: version }, signal, watchMs)) {
        backoff.reset();
        version = (event as WatchEvent<T>).object.metadata?.resourceVersion ?? version;
        if (takeIn(objects, event as WatchEvent<T>)) yield objects;
        if (signal.aborted) return;
      }
      // A server that ends every watch at once is not asked in a loop.
      if (performance.now() - began < shortMs) await pause(backoff.next(), signal);
    } catch (thrown) {
      if (signal.aborted) return;
      // Forgotten, not failed: read anew.
      if (isKubeError(thrown, 410)) version = undefined;
      else onRetry(messageOf(thrown), thrown);
      await pause(backoff.next(), signal);
    }
  }
}

/** One watch that ends by itself, or is cut if the server does not end it. */
async function* watchFor(
  client: Pick<KubeClient, "watch">,
  path: string,
  query: Query,
  signal: AbortSignal,
  watchMs: number,
): AsyncGenerator<WatchEvent, void, undefined> {
  // Not all at once: a fleet that lost its server came back in step.
  const lengthMs = watchMs * (0.75 + Math.random() / 2);
  const cut = AbortSignal.any([signal, AbortSignal.timeout(lengthMs + graceMs)]);
  const timeoutSeconds = Math.max(1, Math.round(lengthMs / 1_000));
  yield* client.watch(path, { ...query, timeoutSeconds, allowWatchBookmarks: true }, cut);
}

/** Whether that changed what is there. */
function takeIn<T extends KubeObject>(objects: Map<string, T>, { type, object }: WatchEvent<T>): boolean {
  if (type === "BOOKMARK") return false;
  const key = keyOf(object);
  if (type === "DELETED") return objects.delete(key);
  objects.set(key, object);
  return true;
}
