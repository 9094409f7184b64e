import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { readModules } from "../../linux/proc/modules.ts";
import { KernelModuleSpec } from "../../resources/runtime/kernel-module-spec.ts";
import { LoadedKernelModule } from "../../resources/runtime/loaded-kernel-module.ts";
import { configure, machineWith } from "../testing.ts";
import { kernelModuleConfigController } from "./kernel-module-config.ts";
import { kernelModuleSpecController } from "./kernel-module-spec.ts";
import { loadedKernelModuleController } from "./loaded-kernel-module.ts";

const withModules = (modules: unknown) =>
  testConfig().replace(/^machine:\n/m, `machine:\n    kernel: { modules: ${JSON.stringify(modules)} }\n`);

test("each module of the configuration is loaded once, and one that fails is told once", async () => {
  const asked: string[] = [];
  const load = async ({ name, parameters }: { name: string; parameters: readonly string[] }) => {
    asked.push([name, ...parameters].join(" "));
    if (name === "nonsense") throw new Error("the image has none of this name");
    return { loaded: true, late: name === "late" ? parameters : [] };
  };
  const modules = [
    { name: "nonsense" },
    { name: "nbd", parameters: ["nbds_max=4"] },
    { name: "late", parameters: ["x=1"] },
  ];
  await using machine = await machineWith(
    { config: withModules(modules) },
    kernelModuleConfigController(),
    kernelModuleSpecController({ load }),
  );
  const { spec } = await machine.eventually(KernelModuleSpec, "nbd");
  expect(spec).toEqual({ string: "nbd", parameters: ["nbds_max=4"] });
  await machine.eventually(KernelModuleSpec, "late");
  await eventually(() => asked.includes("late x=1"));
  await configure(machine, withModules([...modules, { name: "fuse" }]));
  await machine.eventually(KernelModuleSpec, "fuse");
  await eventually(() => asked.includes("fuse"));
  await configure(machine, withModules([{ name: "fuse" }]));
  await machine.eventuallyGone(KernelModuleSpec, "nbd");
  expect(asked.filter((name) => name !== "nonsense").sort()).toEqual(["fuse", "late x=1", "nbd nbds_max=4"]);
  expect(machine.logged.filter((line) => line.includes("nonsense") || line.includes("none of this name"))).toEqual([
    "runtime.KernelModuleSpecController: machine.kernel.modules: the image has none of this name",
  ]);
  expect(machine.logged.join("\n")).toContain("the kernel module late goes without x=1");
});

test("the kernel's modules are shown as they are", async () => {
  await using runtime = await runtimeWith(loadedKernelModuleController());
  const [first] = readModules();
  if (first === undefined) return expect(await runtime.state.list(LoadedKernelModule)).toEqual([]);
  const { spec } = await runtime.eventually(LoadedKernelModule, first.name);
  expect(spec).toMatchObject({ size: first.sizeBytes, dependencies: first.usedBy, state: "Live" });
});
