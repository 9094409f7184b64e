import { expect, test } from "bun:test";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Containerd } from "../../containerd/client.ts";
import type { ContainerFate } from "../../containerd/runtime-service.ts";
import { failedPods } from "./failed-pods.ts";

const state = "SANDBOX_READY";
const pods = [
  { id: "aa", namespace: "kube-system", name: "kube-apiserver-n1", uid: "u1", state },
  { id: "bb", namespace: "kube-system", name: "kube-scheduler-n1", uid: "u2", state },
  { id: "cc", namespace: "default", name: "web", uid: "u3", state },
];
const container = (id: string, podId: string, attempt = 0) => ({ id, podId, name: "main", attempt, state: "" });
const startedAt = new Date("2026-01-02T03:04:05Z");
const ended = (exitCode: number) => ({ at: new Date("2026-01-02T03:04:06Z"), exitCode, reason: "Error" });

test("a pod that was asked for is shown with how its containers ended, and their last words", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "failed-pods-"));
  const logPath = join(directory.path, "0.log");
  await writeFile(logPath, "2026-01-02T03:04:05.1Z stderr F I0102 starting\n2026-01-02T03:04:06Z stderr F Error: no\n");
  const fates: Record<string, ContainerFate> = {
    a0: { startedAt, logPath, ended: ended(1) },
    a1: { startedAt, logPath: "" },
    b0: { startedAt, logPath: "/no/such", ended: ended(0) },
    c0: { startedAt, logPath: "/no/such", ended: ended(1) },
  };
  const containerd = {
    runtimeService: {
      readyPods: async () => pods,
      containers: async () => [
        container("a0", "aa"),
        container("a1", "aa", 1),
        container("b0", "bb"),
        container("c0", "cc"),
      ],
      fate: async (id: string) => fates[id],
    },
  } as unknown as Containerd;
  const ids = new Set(["kube-system/kube-apiserver-n1", "kube-system/kube-scheduler-n1"]);
  const shown = await failedPods(containerd, ids, AbortSignal.timeout(10_000));
  expect(shown).toEqual([
    {
      metadata: { namespace: "kube-system", name: "kube-apiserver-n1" },
      status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [
          {
            ...{ name: "main", ready: false, restartCount: 1 },
            state: { running: { startedAt: "2026-01-02T03:04:05.000Z" } },
            lastState: {
              terminated: {
                ...{ exitCode: 1, reason: "Error", message: "I0102 starting\nError: no\n" },
                finishedAt: "2026-01-02T03:04:06.000Z",
              },
            },
          },
        ],
      },
    },
  ]);
  expect(await failedPods(containerd, new Set(["kube-system/other"]), AbortSignal.timeout(10_000))).toEqual([]);
});
