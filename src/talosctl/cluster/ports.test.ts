import { expect, test } from "bun:test";
import fc from "fast-check";
import { freePorts } from "../../../test/support/free-ports.ts";
import { choosePorts, isFree, machinePorts } from "./ports.ts";

test("the usual ports when they are free", () => {
  expect(choosePorts(machinePorts, () => true)).toEqual(machinePorts);
});

test("ports are free, different, and near the usual ones", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 50_000, max: 50_060 }), { maxLength: 40 }), (busy) => {
      const ports = choosePorts(machinePorts, (port) => !busy.includes(port));
      const chosen = Object.values(ports);
      expect(new Set(chosen).size).toBe(chosen.length);
      for (const port of chosen) expect(busy).not.toContain(port);
      expect(ports.apid).toBeLessThan(50_100);
    }),
  );
});

test("nothing free is an error that names the range", () => {
  expect(() => choosePorts(machinePorts, () => false)).toThrow("127.0.0.1:50000 and the 99 after it");
});

test("a port with a listener is not free", () => {
  const [port = 0] = freePorts(1);
  using listener = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
  expect(isFree(port)).toBe(false);
  listener.stop(true);
  expect(isFree(port)).toBe(true);
});
