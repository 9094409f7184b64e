import { machine } from "../../proto/index.ts";

/** An event in words. */
export interface DescribedEvent {
  /** `machine.SequenceEvent`. */
  readonly kind: string;
  /** What it is about: a sequence, phase, task or service. */
  readonly source: string;
  readonly text: string;
}

/** Type URLs begin so; the rest is the message's full name. */
const typePrefix = "talos/runtime/";

/** What an event says; nothing for one without content. Kinds we do not know show as they are named. */
export function describeEvent({ data }: machine.Event): DescribedEvent | undefined {
  if (data == null || data.type_url === "") return undefined;
  const kind = data.type_url.startsWith(typePrefix) ? data.type_url.slice(typePrefix.length) : data.type_url;
  const [source, text] = describers[kind]?.(data.value) ?? ["", ""];
  return { kind, source, text };
}

type Describer = (bytes: Uint8Array) => readonly [source: string, text: string];

const describers: Readonly<Record<string, Describer>> = {
  "machine.SequenceEvent": (bytes) => {
    const { sequence, action, error } = machine.SequenceEvent.decode(bytes);
    return [sequence, error == null ? nameOf(machine.SequenceEvent.Action, action) : `error: ${error.message}`];
  },
  "machine.PhaseEvent": (bytes) => {
    const { phase, action } = machine.PhaseEvent.decode(bytes);
    return [phase, nameOf(machine.PhaseEvent.Action, action)];
  },
  "machine.TaskEvent": (bytes) => {
    const { task, action } = machine.TaskEvent.decode(bytes);
    return [task, nameOf(machine.TaskEvent.Action, action)];
  },
  "machine.ServiceStateEvent": (bytes) => {
    const { service, action, message } = machine.ServiceStateEvent.decode(bytes);
    return [service, `${nameOf(machine.ServiceStateEvent.Action, action)}: ${message}`];
  },
  "machine.RestartEvent": (bytes) => ["", `cmd ${Number(machine.RestartEvent.decode(bytes).cmd)}`],
  "machine.ConfigLoadErrorEvent": (bytes) => ["error", machine.ConfigLoadErrorEvent.decode(bytes).error],
  "machine.ConfigValidationErrorEvent": (bytes) => ["error", machine.ConfigValidationErrorEvent.decode(bytes).error],
  "machine.AddressEvent": (bytes) => {
    const { hostname, addresses } = machine.AddressEvent.decode(bytes);
    return [hostname, `addresses: ${addresses.join(",")}`];
  },
  "machine.MachineStatusEvent": (bytes) => {
    const { stage, status } = machine.MachineStatusEvent.decode(bytes);
    const unmet = (status?.unmet_conditions ?? []).map(({ name, reason }) => `${name} (${reason})`);
    const conditions = unmet.length > 0 ? `, unmet conditions: ${unmet.join(", ")}` : "";
    return [nameOf(machine.MachineStatusEvent.MachineStage, stage), `ready: ${status?.ready ?? false}${conditions}`];
  },
};

/** The name of an enum's value; its number when we do not know it. */
const nameOf = (names: object, value: number): string => {
  const found = Object.entries(names).find(([, number]) => number === value);
  return found?.[0] ?? String(value);
};
