import type { google } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";

/** A protobuf timestamp as a Date, to the millisecond; the epoch when absent. */
export const dateOf = (timestamp: google.protobuf.Timestamp | null | undefined): Date =>
  timestamp == null ? new Date(0) : new Date(toNumber(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6));
