/** Weights of messages, as log collectors of this format know them. */
export type EventLevel = "debug" | "info" | "warn" | "error" | "dpanic" | "panic" | "fatal";

/** One message of a log, on its way to a collector. */
export interface LogEvent {
  readonly message: string;
  /** RFC 3339. */
  readonly time: string;
  readonly level: EventLevel;
  /** What else is known, by names of the writer's choice. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The event as one JSON object. Fields hide nothing of the message; tags do, for they are what the owner wants said. */
export const jsonOf = (
  { message, time, level, fields }: LogEvent,
  tags: Readonly<Record<string, string>> = {},
): string => JSON.stringify({ ...fields, msg: message, "talos-time": time, "talos-level": level, ...tags });
