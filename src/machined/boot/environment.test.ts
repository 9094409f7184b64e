import { expect, test } from "bun:test";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { parseKernelArguments } from "../../platform/kernel-arguments.ts";
import { Environment } from "../../resources/runtime/environment.ts";
import { ownersEnvironment } from "../services/owners-environment.ts";
import { environmentArguments, machineEnvironment } from "./environment.ts";

test("the kernel's command line adds variables", () => {
  const args = parseKernelArguments("talos.environment=http_proxy=http://a:1/?x=y quiet talos.environment=EMPTY");
  expect(environmentArguments(args)).toEqual({ http_proxy: "http://a:1/?x=y", EMPTY: "" });
});

test("containers get what the owner added, not what the machine's own programs have", async () => {
  const state = memoryState();
  expect(await ownersEnvironment(state)).toEqual({});
  const lines = Object.entries({ ...machineEnvironment, http_proxy: "http://a:1/?x=y" }).map((pair) => pair.join("="));
  await state.create(Environment, "machined", { variables: lines });
  expect(await ownersEnvironment(state)).toEqual({ http_proxy: "http://a:1/?x=y" });
});
