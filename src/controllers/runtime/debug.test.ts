import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { configure, machineWith } from "../testing.ts";
import { debugController } from "./debug.ts";

test("debug is switched on and off by the configuration", async () => {
  const seen: boolean[] = [];
  const { promise: on, resolve: whenOn } = Promise.withResolvers<void>();
  const { promise: off, resolve: whenOff } = Promise.withResolvers<void>();
  const controller = debugController((debug) => {
    seen.push(debug);
    if (debug) whenOn();
    else if (seen.includes(true)) whenOff();
  });
  await using machine = await machineWith(
    { config: `debug: true\n${testConfig().replace(/^debug:.*\n/m, "")}` },
    controller,
  );
  await on;
  await configure(machine, testConfig());
  await off;
  expect(seen.at(-1)).toBe(false);
});
