import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { Environment } from "../../resources/runtime/environment.ts";
import { configure, machineWith } from "../testing.ts";
import { environmentController } from "./environment.ts";

const withVariables = (variables: Readonly<Record<string, string>>) =>
  testConfig().replace(/^machine:\n/m, `machine:\n    env: ${JSON.stringify(variables)}\n`);

test("variables of the configuration are added to those that are always there, and leave with it", async () => {
  let entered: Readonly<Record<string, string>> = {};
  const enter = (variables: typeof entered) => {
    entered = variables;
  };
  const config = withVariables({ https_proxy: "http://proxy:3128", BUN_BE_BUN: "1", "not a name": "x" });
  await using machine = await machineWith({ config }, environmentController({ base: { HOME: "/" }, enter }));
  const isSet = ({ spec }: { spec: Environment }) => spec.variables.length === 2;
  const { spec } = await machine.eventually(Environment, "machined", isSet);
  expect(spec.variables).toEqual(["HOME=/", "https_proxy=http://proxy:3128"]);
  expect(entered).toEqual({ HOME: "/", https_proxy: "http://proxy:3128" });
  expect(machine.logged.join("\n")).toContain('machine.env["not a name"] is left out');
  await configure(machine, testConfig());
  await machine.eventually(Environment, "machined", (found) => found.spec.variables.length === 1);
  expect(entered).toEqual({ HOME: "/" });
});
