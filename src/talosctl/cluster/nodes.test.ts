import { expect, test } from "bun:test";
import fc from "fast-check";
import { balancedTargets, endpointOf } from "./endpoint.ts";
import { parseSubnet } from "./network/subnet.ts";
import { nodeCounts, planNodes, pluggedAgain, refuseCounts } from "./nodes.ts";
import { machinePorts } from "./ports.ts";
import type { NodePlace } from "./provisioner.ts";
import type { ClusterState, NodeState } from "./state.ts";

const subnet = parseSubnet("10.5.0.0/24");
const onBridge = {
  place(taken: readonly NodePlace[], before: NodePlace | undefined): NodePlace {
    const addresses = taken.map((place) => place.address);
    const kept = before !== undefined && !addresses.includes(before.address) ? before.address : undefined;
    const address = kept ?? subnet.freeAddress(addresses);
    return { address, host: address, ports: machinePorts };
  },
};

const nodeAt = (name: string, address: string): NodeState => ({
  ...{ name, address, host: address, ports: machinePorts, runsOn: "", build: "" },
  role: name.includes("worker") ? "worker" : "controlplane",
  process: { pid: 2, startedAt: "1" },
});

test("a new cluster has its control planes first, in names and in addresses", () => {
  const nodes = planNodes("x", { controlplane: 2, worker: 1 }, onBridge, []);
  expect(nodes.map(({ name, place }) => [name, place.address])).toEqual([
    ["x-controlplane-1", "10.5.0.2"],
    ["x-controlplane-2", "10.5.0.3"],
    ["x-worker-1", "10.5.0.4"],
  ]);
});

test("a cluster grows around the machines that it has, and never shrinks", () => {
  const counts = fc.record({ controlplane: fc.integer({ min: 1, max: 4 }), worker: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(counts, counts, fc.func(fc.boolean()), (first, second, runs) => {
      const before = planNodes("x", first, onBridge, []).map(({ name, place }) => nodeAt(name, place.address));
      const state = { nodes: before } as unknown as ClusterState;
      const recorded = before.map((node) => ({ node, isRunning: runs(node.name) }));
      const after = planNodes("x", nodeCounts(second, state), onBridge, recorded);
      const places = new Map(after.map(({ name, place }) => [name, place.address]));
      for (const { name, address } of before) expect(places.get(name)).toBe(address);
      expect(new Set(places.values()).size).toBe(after.length);
      expect(after.length).toBe(
        Math.max(first.controlplane, second.controlplane) + Math.max(first.worker, second.worker),
      );
    }),
  );
});

test("a machine that starts again has its cards and ports, unless others are asked for", () => {
  const nothing = { exposedPorts: [], extraNics: [] };
  const before = { exposedPorts: [{ host: 8_080, machine: 80, protocol: "tcp" }], extraNics: ["network"] } as const;
  expect(pluggedAgain(nothing)).toEqual(nothing);
  expect(pluggedAgain(nothing, before)).toEqual(before);
  expect(pluggedAgain({ ...nothing, extraNics: ["cable"] }, before)).toEqual({ ...before, extraNics: ["cable"] });
});

test("one control plane is the endpoint, several are behind the host's balancer", () => {
  const host = { hostAddress: subnet.hostAddress };
  const one = planNodes("x", { controlplane: 1, worker: 2 }, onBridge, []);
  expect(endpointOf(one, host)).toBe("https://10.5.0.2:6443");
  expect(balancedTargets(one)).toEqual([]);
  const three = planNodes("x", { controlplane: 3, worker: 1 }, onBridge, []);
  expect(endpointOf(three, host)).toBe("https://10.5.0.1:6443");
  expect(balancedTargets(three).map(({ host }) => host)).toEqual(["10.5.0.2", "10.5.0.3", "10.5.0.4"]);
});

test("a cluster has a control plane, and no more machines than a host can bear", () => {
  for (const counts of [
    { controlplane: 0, worker: 1 },
    { controlplane: 1, worker: -1 },
    { controlplane: 1, worker: 33 },
  ])
    expect(() => refuseCounts(counts)).toThrow("expected");
  refuseCounts({ controlplane: 3, worker: 0 });
});
