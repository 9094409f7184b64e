import { batches } from "../../../async/batches.ts";
import { NotFoundError } from "../../../cosi/errors.ts";
import type { Selection, State, WatchOptions } from "../../../cosi/state.ts";
import type { WatchEvent } from "../../../cosi/watch-event.ts";
import { encodeEvent } from "../../../cosi/wire/event-message.ts";
import { encodeResource } from "../../../cosi/wire/resource-message.ts";
import { decodeSelection, type SelectionMessage } from "../../../cosi/wire/selection-message.ts";
import type { FindCodec } from "../../../cosi/wire/spec-codec.ts";
import { statusOf } from "../../../cosi/wire/status.ts";
import { messageOf } from "../../../errors/message.ts";
import type { HandlerFunction } from "../../../grpc/handler.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { cosi } from "../../../proto/index.ts";
import type { methods } from "../../../proto/methods.ts";
import type { CheckAccess } from "./access.ts";

export interface Reading {
  readonly state: State;
  readonly check: CheckAccess;
  readonly codecOf: FindCodec;
}

type Serves<Name extends "Get" | "List" | "Watch"> = HandlerFunction<(typeof methods)[`cosi.resource.State/${Name}`]>;

export const get =
  ({ state, check, codecOf }: Reading): Serves<"Get"> =>
  async ({ namespace, type, id }, call) => {
    check({ namespace, type }, call);
    const resource = await state.get({ namespace, type }, id);
    if (resource === undefined) throw statusOf(new NotFoundError({ namespace, type, id }));
    return { resource: encodeResource(resource, codecOf) };
  };

export const list = ({ state, check, codecOf }: Reading): Serves<"List"> =>
  async function* ({ namespace, type, options }, call) {
    check({ namespace, type }, call);
    const selection = selectionOf(options ?? {});
    for (const resource of await state.list({ namespace, type }, selection)) {
      yield { resource: encodeResource(resource, codecOf) };
    }
  };

export const watch = ({ state, check, codecOf }: Reading): Serves<"Watch"> =>
  async function* (request, call) {
    check(request, call);
    const { namespace, type } = request;
    const events = startWatch(state, request, call.signal);
    // Tells the client that no change from now on will be missed.
    yield {};
    const encode = (event: WatchEvent) => encodeEvent(event, { namespace, type }, codecOf);
    if (request.api_version < 1) {
      // Clients from before version 1 read one event at a time, and know neither of these two.
      for await (const event of events) {
        if (event.type !== "bootstrapped" && event.type !== "errored") yield { event: [encode(event)] };
      }
      return;
    }
    for await (const batch of batches(events, maximumBatch)) yield* responsesOf(batch.map(encode));
  };

/** Events that have happened already go together: a frame costs more than most of them. */
const maximumBatch = 64;
/** Larger messages gain nothing, and one of 64 large specs would be refused. */
const enoughBytes = 16_384;

function* responsesOf(events: readonly EventMessage[]): Generator<{ event: EventMessage[] }> {
  let event: EventMessage[] = [];
  let bytes = 0;
  for (const next of events) {
    event.push(next);
    bytes += sizeOf(next.resource) + sizeOf(next.old);
    if (bytes < enoughBytes) continue;
    yield { event };
    event = [];
    bytes = 0;
  }
  if (event.length > 0) yield { event };
}

type EventMessage = cosi.resource.Event.$Properties;

const sizeOf = (resource: EventMessage["resource"]): number =>
  (resource?.spec?.proto_spec?.length ?? 0) + (resource?.spec?.yaml_spec?.length ?? 0);

function startWatch(state: State, request: cosi.resource.WatchRequest, signal: AbortSignal) {
  const { namespace, type } = request;
  try {
    return state.watch({ namespace, type }, watchOptions(request, signal));
  } catch (thrown) {
    throw thrown instanceof TypeError ? new StatusError(Code.invalidArgument, thrown.message) : statusOf(thrown);
  }
}

function watchOptions({ id, options }: cosi.resource.WatchRequest, signal: AbortSignal): WatchOptions {
  const common = {
    signal,
    tailEvents: options?.tail_events ?? 0,
    ...(options?.start_from_bookmark?.length ? { startFromBookmark: options.start_from_bookmark } : {}),
  };
  if (typeof id !== "string") {
    return {
      ...common,
      ...selectionOf(options ?? {}),
      bootstrapContents: options?.bootstrap_contents ?? false,
      bootstrapBookmark: options?.bootstrap_bookmark ?? false,
    };
  }
  if (options?.bootstrap_contents === true) throw unsupported("bootstrap contents");
  if ((options?.label_query ?? []).length > 0) throw unsupported("label query");
  return { ...common, id };
}

const unsupported = (what: string): StatusError =>
  new StatusError(Code.unimplemented, `${what} is not implemented for resource watch`);

function selectionOf(options: SelectionMessage): Pick<Selection, "labels" | "ids"> {
  try {
    return decodeSelection(options);
  } catch (thrown) {
    throw new StatusError(Code.invalidArgument, messageOf(thrown));
  }
}
