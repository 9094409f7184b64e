import { expect, test } from "bun:test";
import { parseFilter } from "./filter.ts";

test("what tcpdump -dd prints is understood", () => {
  const text = "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 4, 0x000086dd },\n\n{ 0x6, 0, 0, 0xffffffff },\n";
  expect(parseFilter(text)).toEqual([
    { op: 0x28, jt: 0, jf: 0, k: 12 },
    { op: 0x15, jt: 0, jf: 4, k: 0x86dd },
    { op: 6, jt: 0, jf: 0, k: 0xffff_ffff },
  ]);
  expect(parseFilter("")).toEqual([]);
});

test.each([
  "tcp port 80",
  "{ 0x28, 0, 0 },",
  "{ 0x28, 0, 256, 0x0 },",
  "{ 0x12345, 0, 0, 0x0 },",
  "{ 0x1, 0, 0, 0x123456789 }",
])("%s is no filter", (text) => {
  expect(() => parseFilter(text)).toThrow("is no instruction");
});
