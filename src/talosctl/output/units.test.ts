import { expect, test } from "bun:test";
import { fileMode, lastModified } from "./file-info.ts";
import { LinePrefixer } from "./line-prefixer.ts";
import { ago, humanBytes, humanTime } from "./units.ts";

const now = new Date("2026-06-15T12:00:00Z");
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [82_854_982, "83 MB"],
  [9_960_000, "10 MB"],
  [81_450_000, "82 MB"],
  [80_450_000, "80 MB"],
  [1.2e12, "1.2 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});

test.each([
  [0, "now"],
  [-1, "1 second ago"],
  [-7_300, "2 hours ago"],
  [365 * 86_400, "1 year from now"],
  [40 * 86_400, "1 month from now"],
])("%d seconds from now are %s", (seconds, text) => {
  expect(humanTime(after(seconds), now)).toBe(text);
});

test("times passed read as durations", () => {
  expect(ago(after(-62), now)).toBe("1m2s ago");
  expect(ago(after(-3_600), now)).toBe("1h0m0s ago");
  expect(ago(after(5), now)).toBe("0s ago");
});

test.each([
  [0o644, "-rw-r--r--"],
  [2 ** 31 + 0o755, "drwxr-xr-x"],
  [2 ** 27 + 0o777, "Lrwxrwxrwx"],
  [2 ** 26 + 2 ** 21 + 0o600, "Dcrw-------"],
  [2 ** 31 + 2 ** 20 + 0o777, "dtrwxrwxrwx"],
])("mode %d is %s", (mode, text) => {
  expect(fileMode(mode)).toBe(text);
});

test("times of files are short", () => {
  expect(lastModified(new Date("2024-01-02T03:04:05Z"), now)).toBe("Jan  2 2024 03:04");
  expect(lastModified(after(-60), now)).toBe("Jun 15 11:59:00");
});

test("lines get their prefix wherever the chunks end", () => {
  const lines = new LinePrefixer("a: ");
  const bytes = Buffer.from("one\ntwö\nthree");
  const cut = bytes.indexOf("ö") + 1; // in the middle of the letter
  expect(lines.push(bytes.subarray(0, cut)) + lines.push(bytes.subarray(cut)) + lines.end()).toBe(
    "a: one\na: twö\na: three\n",
  );
});
