import type { Controller } from "../cosi/controller.ts";
import { runtimeWith, type TestRuntime } from "../cosi/testing.ts";
import { MachineConfig } from "../resources/config/machine-config.ts";
import { MachineType } from "../resources/config/machine-type.ts";
import { HostnameStatus } from "../resources/network/hostname-status.ts";
import { NodeAddress } from "../resources/network/node-address.ts";
import { TimeStatus } from "../resources/time/time-status.ts";

export interface TestMachine {
  readonly config: string;
  readonly hostname?: string;
  /** With prefix lengths; of every selection. */
  readonly addresses?: readonly string[];
}

/** Controllers on a machine that has a configuration, a name and addresses. */
export async function machineWith(machine: TestMachine, ...controllers: readonly Controller[]): Promise<TestRuntime> {
  const runtime = await runtimeWith(...controllers);
  const { config, hostname = "node-1", addresses = ["10.0.2.15/24"] } = machine;
  await configure(runtime, config);
  await runtime.state.create(HostnameStatus, "hostname", { hostname, domainname: "" });
  await setAddresses(runtime, addresses);
  return runtime;
}

export async function configure({ state }: TestRuntime, config: string): Promise<void> {
  await state.modify(MachineConfig, "v1alpha1", () => ({ bytes: new TextEncoder().encode(config) }));
  const type = /^ {2,4}type: worker$/m.test(config) ? "worker" : "controlplane";
  await state.modify(MachineType, "machine-type", () => ({ type }));
}

export async function setAddresses({ state }: TestRuntime, addresses: readonly string[]): Promise<void> {
  const selections = ["current", "routed", "accumulative"];
  for (const id of ["default", ...selections, ...selections.map((selection) => `${selection}-no-k8s`)]) {
    await state.modify(NodeAddress, id, () => ({ addresses, sortAlgorithm: "v1" as const }));
  }
}

/** The clock is right; another epoch says that it was set. */
export async function setTime({ state }: TestRuntime, epoch = 0): Promise<void> {
  await state.modify(TimeStatus, "node", () => ({ synced: true, epoch, syncDisabled: false }));
}
