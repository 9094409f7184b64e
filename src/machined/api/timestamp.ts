import type { google } from "../../proto/index.ts";

/** google.protobuf.Timestamp: seconds and nanoseconds since the epoch. */
export function timestamp(at: Date): google.protobuf.Timestamp.$Properties {
  const ms = at.getTime();
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1e6) };
}
