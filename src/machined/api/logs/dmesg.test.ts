import { expect, test } from "bun:test";
import { formatRecord } from "./dmesg.ts";

const record = { facility: 0, priority: 6, sequence: 1, timestamp: 1_500_250, text: "hello" };

test("a record is a line with facility, padded priority and a wall-clock time to the microsecond", () => {
  expect(formatRecord(record, Date.UTC(2026, 0, 2, 15, 4, 5))).toBe(
    "kern:    info: [2026-01-02T15:04:06.50025Z]: hello\n",
  );
});

test("a full second has no fraction, and facilities beyond the known ones keep their number", () => {
  const odd = { ...record, facility: 17, priority: 3, timestamp: 2_000_000 };
  expect(formatRecord(odd, Date.UTC(2026, 0, 2, 15, 4, 5))).toBe("local1:     err: [2026-01-02T15:04:07Z]: hello\n");
});
