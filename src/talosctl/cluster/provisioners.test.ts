import { expect, test } from "bun:test";
import { machinePorts } from "./ports.ts";
import { selectProvisioner } from "./provisioners.ts";
import type { ClusterState, NodeState } from "./state.ts";

const node: NodeState = {
  ...{ name: "x-controlplane-1", role: "controlplane", address: "10.5.0.2", host: "10.5.0.2", ports: machinePorts },
  ...{ process: { pid: 2, startedAt: "1" }, runsOn: "", build: "" },
};
const before: ClusterState = {
  ...{ version: 1, name: "x", provisioner: "qemu", architecture: "amd64", createdAt: "2026-01-01T00:00:00Z" },
  ...{ cidr: "10.5.0.0/24", endpoint: "https://10.5.0.2:6443", nodes: [node] },
};
const refusal = (state: ClusterState, controlplane: number, worker: number, cidr?: string) =>
  selectProvisioner({
    ...{ provisioner: "qemu", architecture: "amd64", name: "x", outputDirectory: "_out", before: state },
    counts: { controlplane, worker },
    ...(cidr === undefined ? {} : { cidr }),
  }).then(
    () => "",
    (error: Error) => error.message,
  );

test("a cluster does not become another kind of cluster", async () => {
  expect(await refusal(before, 3, 0)).toContain("its endpoint is the one that it has");
  expect(await refusal(before, 1, 1, "10.6.0.0/24")).toContain('Cannot move cluster "x" to 10.6.0.0/24');
  const { cidr: _, ...alone } = before;
  expect(await refusal(alone, 1, 1)).toContain("its machine has a network of its own");
});
