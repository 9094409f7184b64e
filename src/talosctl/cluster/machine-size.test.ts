import { expect, test } from "bun:test";
import { readMemoryMib, readProcessors } from "./machine-size.ts";

test.each([
  ["2048", 2048],
  ["2GiB", 2048],
  ["2.0GiB", 2048],
  ["1.5 gib", 1536],
  ["4gb", 3814],
  ["2048mib", 2048],
])("%s of memory", (given, mib) => {
  expect(readMemoryMib(given)).toBe(mib);
});

test.each(["", "much", "1", "1023", "-2048", "2TiB", "1e4", "9999999999GiB"])(
  "%j is no memory for a machine",
  (given) => {
    expect(() => readMemoryMib(given)).toThrow("expected 1024 to 1048576 MiB");
  },
);

test("processors are whole", () => {
  expect(["2", "2.0", "1.5", "64"].map(readProcessors)).toEqual([2, 2, 2, 64]);
  for (const given of ["", "0", "65", "two", "-1"]) expect(() => readProcessors(given)).toThrow("expected 1 to 64");
});
