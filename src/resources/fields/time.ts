import { formatDuration, parseDuration } from "../../clock/duration.ts";
import { fieldOf } from "./field.ts";
import { mapped } from "./mapped.ts";
import { messageOf } from "./message.ts";
import { int32, int64 } from "./scalar.ts";

/** google.protobuf.Timestamp and Duration. */
const parts = messageOf({ seconds: int64(1), nanos: int32(2) });

const split = (ms: number, round: (value: number) => number) => {
  const seconds = round(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1e6) };
};

/** A length of time in milliseconds, with fractions down to a nanosecond; shown as `1h30m0s`. */
export const duration = fieldOf(
  mapped(parts, {
    name: "duration",
    zero: 0,
    // The parts of a Duration have the same sign.
    toMessage: (ms) => split(ms, Math.trunc),
    fromMessage: ({ seconds, nanos }) => seconds * 1_000 + nanos / 1e6,
    yaml: formatDuration,
    fromYaml: (value) => (typeof value === "string" ? durationOf(value) : undefined),
  }),
);

/** What "never" is in the reference: the first moment of the year 1. */
export const never = new Date("0001-01-01T00:00:00Z");

/** A moment, to the millisecond; shown as RFC 3339. */
export const timestamp = fieldOf(
  mapped(parts, {
    name: "time",
    zero: never,
    isZero: (value) => value.getTime() === never.getTime(),
    // The nanoseconds of a Timestamp count forward, before 1970 too.
    toMessage: (value) => split(value.getTime(), Math.floor),
    fromMessage: ({ seconds, nanos }) => new Date(seconds * 1_000 + Math.floor(nanos / 1e6)),
    yaml: (value) => value.toISOString().replace(/\.?0*Z$/, "Z"),
    fromYaml: (value) =>
      typeof value === "string" && Number.isFinite(Date.parse(value)) ? new Date(value) : undefined,
  }),
);

function durationOf(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}
