import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { messageOf } from "../errors/message.ts";
import type { Channel } from "../grpc/client/channel.ts";
import type { ResourceKind } from "./resource.ts";
import type { SpecOnWire } from "./wire/spec-codec.ts";
import { wireState } from "./wire/wire-state.ts";

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Told of each failure that is followed by another try. */
  readonly onRetry?: (reason: string) => void;
}

/**
 * The spec of one resource of a state over the wire, now and after each change; `undefined` while there is none.
 * Asks again for as long as it takes when the state cannot be reached or the connection breaks, until the signal aborts.
 */
export async function* follow<S>(
  channel: Channel,
  kind: ResourceKind<S> & SpecOnWire & { decodeProto(bytes: Uint8Array): S },
  id: string,
  { signal, onRetry = () => undefined }: FollowOptions,
): AsyncGenerator<S | undefined, void, undefined> {
  const backoff = new Backoff({ initialMs: 100, maximumMs: 5_000 });
  const state = wireState(channel, (type) => (type === kind.type ? kind : undefined));
  while (!signal.aborted) {
    try {
      for await (const event of state.watch(kind, { id, signal })) {
        if (event.type === "errored") throw event.error;
        if (event.type === "destroyed") yield undefined;
        else if (event.type === "created" || event.type === "updated") yield event.resource.spec;
        backoff.reset();
      }
    } catch (thrown) {
      if (!signal.aborted) onRetry(`Cannot watch ${kind.type} "${id}": ${messageOf(thrown)}`);
    }
    await pause(backoff.next(), signal);
  }
}
