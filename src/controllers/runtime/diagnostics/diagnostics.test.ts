import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import type { SigningRequest } from "../../../kube/signing-request.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { machineWith } from "../../testing.ts";
import { diagnosticsController } from "./diagnostics.ts";
import { diagnosticsLogController } from "./diagnostics-log.ts";
import { pendingRequests } from "./pending-requests.ts";

const request = (name: string, user: string, status: SigningRequest["status"] = {}): SigningRequest => ({
  ...{ metadata: { name }, spec: { username: `system:node:${user}` }, status },
});

test("a network of pods that is the machines' own is told, with the addresses, until it is mended", async () => {
  const controllers = [diagnosticsController({ patienceMs: 5 }), diagnosticsLogController()];
  const machine = { config: testConfig(), addresses: ["10.244.7.2/24"] };
  await using running = await machineWith(machine, ...controllers);
  expect(await running.state.get(Diagnostic, "address-overlap")).toBeUndefined();
  await running.state.modify(NodeAddress, "routed-no-k8s", () => ({ addresses: [], sortAlgorithm: "v1" as const }));
  const { spec } = await running.eventually(Diagnostic, "address-overlap");
  expect(spec).toEqual({
    message: "host and Kubernetes pod/service CIDR addresses overlap",
    details: [
      'host routed addresses: ["10.244.7.2/24"]',
      'Kubernetes pod CIDRs: ["10.244.0.0/16"]',
      'Kubernetes service CIDRs: ["10.96.0.0/12"]',
    ],
  });
  const told = () => running.logged.filter((line) => line.startsWith("runtime.DiagnosticsLoggerController: "));
  await eventually(() => told().length > 0);
  await running.state.modify(NodeAddress, "routed-no-k8s", () => ({
    ...{ addresses: ["10.0.2.15/24"], sortAlgorithm: "v1" as const },
  }));
  await running.eventuallyGone(Diagnostic, "address-overlap");
  expect(told()[0]).toContain("addresses overlap; host routed addresses");
});

test("the same trouble with another temporary file is no news", async () => {
  await using running = await machineWith({ config: testConfig() }, diagnosticsLogController());
  const told = () => running.logged.filter((line) => line.includes("service etcd"));
  const whys = ["new-2710646935: no space, 3 MiB", "new-3276942246: no space, 12 MiB", "no such image"];
  for (const [turn, why] of whys.entries()) {
    await running.state.modify(Diagnostic, "service-etcd", () => ({ message: "service etcd", details: [why] }));
    await running.state.modify(Diagnostic, "last", () => ({ message: `turn ${turn}`, details: [] }));
    await eventually(() => running.logged.some((line) => line.endsWith(`turn ${turn}`)));
  }
  expect(told().map((line) => line.replace(/^.*; /, ""))).toEqual(["new-2710646935: no space, 3 MiB", "no such image"]);
});

test("what lasts is said again, what is over is said once", async () => {
  await using running = await machineWith({ config: testConfig() }, diagnosticsLogController({ againMs: 10 }));
  const said = (text: string) => running.logged.filter((line) => line.endsWith(text)).length;
  const until = async (holds: () => boolean) => {
    for (let turn = 0; !holds(); turn += 1) {
      // Each write wakes the controller, which looks at what it has said.
      await running.state.modify(Diagnostic, "other", () => ({ message: `other ${turn}`, details: [] }));
      await running.eventually(Diagnostic, "other", ({ spec }) => spec.message === `other ${turn}`);
      // Nothing of this leaves the process: timers would never have their turn.
      await new Promise(setImmediate);
    }
  };
  await running.state.create(Diagnostic, "full", { message: "the disk is full", details: ["/var"] });
  await until(() => said("still: the disk is full; /var") > 0);
  expect(said("DiagnosticsLoggerController: the disk is full; /var")).toBe(1);
  await running.state.destroy(Diagnostic, "full");
  await until(() => said("full is mended") > 0);
  expect(said("full is mended")).toBe(1);
});

test("a kubelet that waits for its certificate is told, not one that has it, nor another's", () => {
  const waiting = request("csr-1", "a");
  expect(pendingRequests([waiting, request("csr-2", "b")], "a")?.details).toEqual(["pending CSRs: csr-1"]);
  expect(pendingRequests([request("csr-2", "b")], "a")).toBeUndefined();
  expect(pendingRequests([waiting, request("csr-3", "a", { certificate: "LS0t" })], "a")).toBeUndefined();
  for (const type of ["Approved", "Denied", "Failed"]) {
    expect(pendingRequests([request("csr-1", "a", { conditions: [{ type }] })], "a")).toBeUndefined();
  }
});
