import { containerd } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { dateOf } from "./timestamp.ts";

const v1 = containerd.services.events.v1;
const subscribe = methodsOf("containerd.services.events.v1.Events")("Subscribe", v1.SubscribeRequest, v1.Envelope);

/** Something that happened in containerd. */
export interface ContainerdEvent {
  readonly namespace: string;
  /** Such as `/tasks/exit`. */
  readonly topic: string;
  readonly at: Date;
  /** Full name and encoding of the event's message. */
  readonly type: string;
  readonly value: Uint8Array;
}

export interface Events {
  /**
   * Events from now on, until the signal aborts.
   * @param filters containerd's filter language, such as `topic=="/tasks/exit"`; one that matches is enough
   */
  subscribe(filters: readonly string[], signal: AbortSignal): AsyncIterable<ContainerdEvent>;
}

export const eventsOf = (calls: Calls): Events => ({
  async *subscribe(filters, signal) {
    const options = { signal, timeoutMs: Number.POSITIVE_INFINITY };
    for await (const event of calls.serverStream(subscribe, { filters: [...filters] }, options)) {
      yield {
        namespace: event.namespace,
        topic: event.topic,
        at: dateOf(event.timestamp),
        type: event.event?.type_url ?? "",
        value: event.event?.value ?? new Uint8Array(),
      };
    }
  },
});
