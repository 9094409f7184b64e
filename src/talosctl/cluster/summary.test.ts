import { expect, test } from "bun:test";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterDirectory } from "./directory.ts";
import type { ClusterState, NodeState } from "./state.ts";
import { summary } from "./summary.ts";

const node: NodeState = {
  name: "x-controlplane-1",
  role: "controlplane",
  address: "10.0.2.15",
  host: "127.0.0.1",
  ports: { apid: 40_001, trustd: 40_002, kubernetes: 40_003 },
  process: { pid: 7, startedAt: "1" },
  runsOn: "QEMU",
  build: "b",
};
const state: ClusterState = {
  ...{ version: 1, name: "x", provisioner: "qemu", architecture: "amd64", createdAt: "2026-01-01T00:00:00Z" },
  nodes: [node],
};
const options = {
  nodes: [{ node, fingerprint: undefined, awaitsBootstrap: false }],
  ...{ state, directory: clusterDirectory("/project/_out/clusters", "x"), leftOut: new Map() },
  ...{ binary: "/project/_out/talosctl", kubectl: "/project/_out/kubectl", workingDirectory: "/project" },
};

test("a cluster that is up is told with what to type next", () => {
  const text = summary(options);
  expect(text).toStartWith('Cluster "x" is up.');
  expect(text).not.toContain("apply-config");
  expect(summary({ ...options, isReady: false })).toStartWith('Cluster "x" is started.');
  expect(text).not.toContain("bootstrap");
  expect(text).toContain("  ./_out/talosctl services\n");
  expect(summary({ ...options, nodes: [{ node, fingerprint: undefined, awaitsBootstrap: true }] })).toContain(
    "  ./_out/talosctl bootstrap\n",
  );
});

test("a machine that waits for its config is told with the command that hands it over", () => {
  const text = summary({ ...options, nodes: [{ node, fingerprint: "abc=", awaitsBootstrap: false }] });
  expect(text).toStartWith('Cluster "x" waits for its config (maintenance mode).');
  expect(text).toContain(
    "  ./_out/talosctl apply-config --insecure --nodes 127.0.0.1:40001 \\\n" +
      "    --cert-fingerprint abc= --file _out/clusters/x/controlplane.yaml\n",
  );
});

test("an administrator of Kubernetes is told how to ask it", async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), "summary-"));
  const directory = clusterDirectory(root.path, "x");
  const inRoot = { ...options, directory, workingDirectory: root.path };
  expect(summary(inRoot)).not.toContain("kubectl");
  await Bun.write(directory.kubeconfig, "kind: Config\n");
  expect(summary(inRoot)).toContain("  /project/_out/kubectl --kubeconfig x/kubeconfig get nodes\n");
  expect(summary({ ...inRoot, kubectl: "kubectl" })).toContain("\n  kubectl --kubeconfig x/kubeconfig get nodes\n");
});

test("commands that are for one machine name it when there are several", () => {
  const worker: NodeState = { ...node, name: "x-worker-1", role: "worker", address: "10.5.0.3", host: "10.5.0.3" };
  const nodes = [node, worker].map((node) => ({ node, fingerprint: undefined, awaitsBootstrap: true }));
  const text = summary({ ...options, nodes });
  expect(text).toContain("  x-worker-1  QEMU\n    API          10.5.0.3:40001\n");
  expect(text).toContain("  ./_out/talosctl bootstrap --nodes 10.0.2.15\n");
  expect(text).toContain("  ./_out/talosctl services\n");
});
