import { Failure } from "../../errors/failure.ts";
import { cosi } from "../../proto/index.ts";
import type { Resource, ResourceKind } from "../resource.ts";
import { tombstone } from "../tombstone.ts";
import type { WatchEvent } from "../watch-event.ts";
import { decodeResource, encodeResource } from "./resource-message.ts";
import type { FindCodec } from "./spec-codec.ts";

const { EventType } = cosi.resource;

const numberOf = {
  created: EventType.CREATED,
  updated: EventType.UPDATED,
  destroyed: EventType.DESTROYED,
  bootstrapped: EventType.BOOTSTRAPPED,
  errored: EventType.ERRORED,
  noop: EventType.NOOP,
} as const satisfies Record<WatchEvent["type"], number>;

/** An event of a watch of `kind` as cosi.resource.Event. Events without a resource carry a tombstone. */
export function encodeEvent(
  event: WatchEvent,
  kind: ResourceKind,
  codecOf: FindCodec,
): cosi.resource.Event.$Properties {
  const event_type = numberOf[event.type];
  if (event.type === "errored") return { event_type, error: event.error.message };
  const resource = "resource" in event ? event.resource : tombstone({ ...kind, id: "" });
  return {
    event_type,
    resource: encodeResource(resource, codecOf),
    ...(event.type === "updated" ? { old: encodeResource(event.old, codecOf) } : {}),
    ...(event.bookmark === undefined ? {} : { bookmark: event.bookmark }),
  };
}

/** @throws Failure for an event that we do not know */
export function decodeEvent<S>(message: cosi.resource.Event.$Properties, codecOf: FindCodec): WatchEvent<S> {
  const resourceOf = (resource: cosi.resource.Resource.$Properties | null | undefined) =>
    decodeResource(resource ?? {}, codecOf) as Resource<S>;
  const bookmark = message.bookmark?.length ? { bookmark: Uint8Array.from(message.bookmark) } : {};
  switch (message.event_type ?? EventType.CREATED) {
    case EventType.CREATED:
      return { type: "created", resource: resourceOf(message.resource), ...bookmark };
    case EventType.UPDATED:
      return { type: "updated", resource: resourceOf(message.resource), old: resourceOf(message.old), ...bookmark };
    case EventType.DESTROYED:
      return { type: "destroyed", resource: resourceOf(message.resource), ...bookmark };
    case EventType.BOOTSTRAPPED:
      return { type: "bootstrapped", ...bookmark };
    case EventType.NOOP:
      return { type: "noop", ...bookmark };
    case EventType.ERRORED:
      return { type: "errored", error: new Failure(message.error ?? "the watch has failed") };
    default:
      throw new Failure(`Cannot decode an event: ${message.event_type} is no type we know`);
  }
}
