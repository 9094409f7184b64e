import { expect, test } from "bun:test";
import { lstatSync } from "node:fs";
import { goFileMode } from "./file-mode.ts";

test("types and special bits sit where Go has them", () => {
  expect(goFileMode({ mode: 0o100644 })).toBe(0o644);
  expect(goFileMode({ mode: 0o041777 })).toBe(2 ** 31 + 2 ** 20 + 0o777);
  expect(goFileMode({ mode: 0o120777 })).toBe(2 ** 27 + 0o777);
  expect(goFileMode(lstatSync("/dev/null"))).toBe(2 ** 26 + 2 ** 21 + 0o666);
});
