import { expect, test } from "bun:test";
import { memoryState } from "../cosi/memory/memory-state.ts";
import type { State } from "../cosi/state.ts";
import { Diagnostic } from "../resources/runtime/diagnostic.ts";
import { type CheckContext, check } from "./check.ts";
import { type ClusterInfo, nodeAt } from "./cluster.ts";
import { withDiagnoses } from "./with-diagnoses.ts";

const never = new AbortController().signal;
const context: CheckContext = { report: () => undefined };

/** Machines of which only resources are asked. */
const clusterOf = (states: Readonly<Record<string, Pick<State, "list">>>): ClusterInfo =>
  ({
    controlPlanes: Object.keys(states).map(nodeAt),
    workers: [],
    machine: (node: string) => ({ state: states[node] }),
  }) as unknown as ClusterInfo;

const failing = check("etcd to be healthy", () => Promise.reject(new Error("etcd is Waiting")), { timeoutMs: 5 });
const failureOf = async (cluster: ClusterInfo) =>
  (await withDiagnoses(cluster, failing)
    .run(context, never)
    .catch((thrown) => thrown)) as Error;

test("a check that fails tells what machines know of the reason, and whoever does not answer is left out", async () => {
  const full = memoryState();
  await full.create(Diagnostic, "disk-full", {
    message: "the disk is full: /var",
    details: ["0 MiB are left", "more"],
  });
  await full.create(Diagnostic, "other", { message: "something else", details: [] });
  const down = { list: () => Promise.reject(new Error("connection refused")) };
  const { message } = await failureOf(clusterOf({ "10.0.0.2": full, "10.0.0.3": down, "10.0.0.4": memoryState() }));
  expect(message).toBe(
    "Cannot see etcd to be healthy within 5ms: etcd is Waiting; machines say of themselves: " +
      "10.0.0.2: the disk is full: /var (0 MiB are left); 10.0.0.2: something else",
  );
});

test("a check that fails for no reason that machines know is as it was, and so is one that comes true", async () => {
  const cluster = clusterOf({ "10.0.0.2": memoryState() });
  expect((await failureOf(cluster)).message).toBe("Cannot see etcd to be healthy within 5ms: etcd is Waiting");
  expect(
    await withDiagnoses(
      cluster,
      check("a", async () => "SKIP"),
    ).run(context, never),
  ).toBe("SKIP");
});
