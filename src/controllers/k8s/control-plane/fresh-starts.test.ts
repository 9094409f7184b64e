import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { StaticPodStatus } from "../../../resources/k8s/static-pod-status.ts";
import { FreshStarts, type PodStatuses } from "./fresh-starts.ts";
import type { ComponentId } from "./places.ts";

type State = { readonly runs: number } | { readonly waitsSince: number } | { readonly done: number };
const at = (ms: number) => new Date(ms).toISOString();

function containerOf(name: string, state: State) {
  if ("runs" in state) return { name, state: { running: { startedAt: at(state.runs) } } };
  if ("done" in state) return { name, state: { terminated: { exitCode: 1, finishedAt: at(state.done) } } };
  const lastState = { terminated: { exitCode: 1, finishedAt: at(state.waitsSince) } };
  return { name, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState };
}

/** Of a node's static pods, as its kubelet would show them. */
async function statusesOf(states: Partial<Record<ComponentId, State>>): Promise<PodStatuses> {
  await using machine = await runtimeWith();
  const { state } = machine;
  for (const [name, shown] of Object.entries(states))
    await state.create(StaticPodStatus, `kube-system/${name}-n1`, { containerStatuses: [containerOf(name, shown)] });
  return await state.list(StaticPodStatus);
}

test("what ended while the API server was away starts anew when it serves, once", async () => {
  const starts = new FreshStarts();
  const away = await statusesOf({
    ...{ "kube-apiserver": { done: 1_000 }, "kube-controller-manager": { waitsSince: 20_000 } },
    "kube-scheduler": { done: 20_000 },
  });
  expect(starts.hasSeen(away)).toBe(true);
  expect(starts.give(away, 30_000)).toEqual([]);
  const back = await statusesOf({
    ...{ "kube-apiserver": { runs: 31_000 }, "kube-controller-manager": { waitsSince: 20_000 } },
    "kube-scheduler": { runs: 20_000 },
  });
  expect(starts.hasSeen(back)).toBe(false);
  starts.apiServerServes(back, 40_000);
  expect(starts.hasSeen(back)).toBe(true);
  expect(starts.give(back, 40_000)).toEqual(["kube-controller-manager"]);
  expect(starts.give(back, 41_000)).toEqual([]);
  expect(starts.countOf("kube-controller-manager")).toBe(1);
  expect(starts.countOf("kube-scheduler")).toBe(0);
});

test("what ends although it has all that it needs waits as long as the kubelet says", async () => {
  const starts = new FreshStarts();
  const first = await statusesOf({ "kube-apiserver": { runs: 1_000 } });
  starts.apiServerServes(first, 2_000);
  const wrongFlag = await statusesOf({ "kube-apiserver": { runs: 1_000 }, "kube-scheduler": { waitsSince: 3_000 } });
  expect(starts.give(wrongFlag, 4_000)).toEqual([]);
  expect(starts.hasSeen(wrongFlag)).toBe(true);
});

test("without etcd nothing is known to serve, and what ended meanwhile starts anew when it is back", async () => {
  const starts = new FreshStarts();
  const well = await statusesOf({ "kube-apiserver": { runs: 1_000 } });
  starts.give(well, 1_000);
  starts.apiServerServes(well, 2_000);
  starts.etcdIsAway();
  const later = await statusesOf({
    "kube-apiserver": { runs: 1_000 },
    "kube-controller-manager": { waitsSince: 9_000 },
  });
  expect(starts.give(later, 10_000)).toEqual([]);
  expect(starts.hasSeen(later)).toBe(false);
  starts.apiServerServes(later, 11_000);
  expect(starts.give(later, 11_000)).toEqual(["kube-controller-manager"]);

  starts.etcdIsAway();
  const apiServerToo = await statusesOf({ "kube-apiserver": { waitsSince: 19_000 } });
  expect(starts.give(apiServerToo, 20_000)).toEqual(["kube-apiserver"]);
});
