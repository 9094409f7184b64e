import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { messageOf } from "../errors/message.ts";
import type { Channel } from "../grpc/client/channel.ts";
import { cosi } from "../proto/index.ts";
import { api } from "../proto/methods.ts";
import type { ResourceKind } from "./resource.ts";

/** A kind whose specs can be read off the wire. */
export interface WireKind<S> extends ResourceKind<S> {
  /** @throws when the bytes are no such spec. */
  decodeProto(bytes: Uint8Array): S;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Told of each failure that is followed by another try. */
  readonly onRetry?: (reason: string) => void;
}

const { CREATED, UPDATED, DESTROYED } = cosi.resource.EventType;

/**
 * The spec of one resource of a state over the wire, now and after each change; `undefined` while there is none.
 * Asks again for as long as it takes when the state cannot be reached or the connection breaks, until the signal aborts.
 */
export async function* follow<S>(
  channel: Channel,
  kind: WireKind<S>,
  id: string,
  { signal, onRetry = () => undefined }: FollowOptions,
): AsyncGenerator<S | undefined, void, undefined> {
  const backoff = new Backoff({ initialMs: 100, maximumMs: 5_000 });
  const request = { namespace: kind.namespace, type: kind.type, id, options: {}, api_version: 1 };
  while (!signal.aborted) {
    try {
      for await (const { event } of channel.serverStream(api("cosi.resource.State/Watch"), request, { signal })) {
        for (const { event_type, resource } of event) {
          if (event_type === DESTROYED) yield undefined;
          else if (event_type === CREATED || event_type === UPDATED) {
            yield kind.decodeProto(resource?.spec?.proto_spec ?? new Uint8Array());
          }
        }
        backoff.reset();
      }
    } catch (thrown) {
      if (!signal.aborted) onRetry(`Cannot watch ${kind.type} "${id}": ${messageOf(thrown)}`);
    }
    await pause(backoff.next(), signal);
  }
}
