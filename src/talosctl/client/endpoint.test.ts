import { expect, test } from "bun:test";
import { parseEndpoint } from "./endpoint.ts";

test.each([
  ["10.0.0.1", "10.0.0.1", 50_000],
  ["node-1:50010", "node-1", 50_010],
  ["fd00::1", "fd00::1", 50_000],
  ["[fd00::1]:50010", "fd00::1", 50_010],
  ["https://api.example.org/", "api.example.org", 50_000],
])("%s is %s port %d", (text, host, port) => {
  expect(parseEndpoint(text)).toEqual({ host, port });
});

test.each(["", ":1", "a:b", "a:70000", "[::1]:x"])("%j is refused", (text) => {
  expect(() => parseEndpoint(text)).toThrow(`Cannot use "${text}" as an endpoint`);
});
