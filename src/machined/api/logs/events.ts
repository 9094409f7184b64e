import { machine } from "../../../proto/index.ts";
import type { Machine, RecordedEvent } from "../../machine.ts";

/** Every kind of event there is, by its full proto name. */
const kinds = {
  "machine.SequenceEvent": machine.SequenceEvent,
  "machine.PhaseEvent": machine.PhaseEvent,
  "machine.TaskEvent": machine.TaskEvent,
  "machine.ServiceStateEvent": machine.ServiceStateEvent,
  "machine.RestartEvent": machine.RestartEvent,
  "machine.ConfigLoadErrorEvent": machine.ConfigLoadErrorEvent,
  "machine.ConfigValidationErrorEvent": machine.ConfigValidationErrorEvent,
  "machine.AddressEvent": machine.AddressEvent,
  "machine.MachineStatusEvent": machine.MachineStatusEvent,
} as const;

const isKind = (kind: string): kind is keyof typeof kinds => Object.hasOwn(kinds, kind);

/** MachineService/Events: an empty message to say that the subscription stands, then every event. */
export async function* events(
  { events }: Machine,
  request: machine.EventsRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<machine.Event.$Properties> {
  const subscription = events.subscribe({
    ...(request.tail_events === 0 ? {} : { tailEvents: request.tail_events }),
    ...(request.tail_id === "" ? {} : { tailId: request.tail_id }),
    ...(request.tail_seconds === 0 ? {} : { tailSeconds: request.tail_seconds }),
    ...(request.with_actor_id === "" ? {} : { actorId: request.with_actor_id }),
    signal,
  });
  yield {};
  for await (const event of subscription) {
    const encoded = encode(event);
    if (encoded !== undefined) yield { id: event.id, actor_id: event.actorId, data: encoded };
  }
}

function encode({ kind, value }: RecordedEvent): { type_url: string; value: Uint8Array } | undefined {
  if (!isKind(kind)) return undefined;
  return { type_url: `talos/runtime/${kind}`, value: kinds[kind].encode(value).finish() };
}
