import { expect, test } from "bun:test";
import { createControllerLog, keepLog } from "./controller-log.ts";
import { MemoryLogRing } from "./log-ring.ts";

const now = () => new Date(0);

function logs() {
  const ring = new MemoryLogRing(4_096);
  const machine: string[] = [];
  return { ring, machine, log: (level: string, text: string) => void machine.push(`${level} ${text}`) };
}

test("controllers' lines are kept with their level, those of debug only when asked for", () => {
  const { ring, machine, log } = logs();
  const controllers = createControllerLog(log, ring, now);
  controllers.write("a.B", "debug", "unseen");
  controllers.write("a.B", "warn", "two\nlines");
  controllers.debug = true;
  controllers.write("a.B", "debug", "seen");
  const fields = '{"component": "controller-runtime", "controller": "a.B"}';
  expect(ring.lastLines(9)).toEqual([
    `1970-01-01T00:00:00.000Z WARN two | lines ${fields}`,
    `1970-01-01T00:00:00.000Z DEBUG seen ${fields}`,
  ]);
  expect(machine).toEqual(["warn a.B: two\nlines"]);
});

test("the machine's own lines are kept", () => {
  const { ring, machine, log } = logs();
  keepLog(log, ring, now)("info", "booted");
  expect(ring.lastLines(9)).toEqual(["1970-01-01T00:00:00.000Z INFO booted"]);
  expect(machine).toEqual(["info booted"]);
});
