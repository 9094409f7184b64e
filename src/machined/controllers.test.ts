import { expect, test } from "bun:test";
import { memoryState } from "../cosi/memory/memory-state.ts";
import { Runtime } from "../cosi/runtime.ts";
import { parseKernelArguments } from "../platform/kernel-arguments.ts";
import { platformOf } from "../platform/platform.ts";
import { type ControllersHost, controllersOf } from "./controllers.ts";

test.each(["metal", "container"])("on %s every output has one writer", (name) => {
  const args = parseKernelArguments("");
  // None of them runs, so none needs its host.
  const host = { args, platform: platformOf(args, { PLATFORM: name }) } as ControllersHost;
  const runtime = new Runtime({ state: memoryState(), log: () => {} });
  const controllers = controllersOf(new Proxy(host, { get: (given, key) => Reflect.get(given, key) ?? {} }));
  for (const controller of controllers) runtime.register(controller);
  expect(new Set(controllers.map((controller) => controller.name)).size).toBe(controllers.length);
});
