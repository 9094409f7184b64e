import type { google } from "../../proto/index.ts";

/** Nanoseconds are cut off; an absent timestamp is the epoch. */
export function dateOf(timestamp: google.protobuf.Timestamp | null | undefined): Date {
  if (!timestamp) return new Date(0);
  return new Date(Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6));
}
