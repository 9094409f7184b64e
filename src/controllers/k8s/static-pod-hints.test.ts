import { expect, test } from "bun:test";
import { runtimeWith, type TestRuntime } from "../../cosi/testing.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";
import { staticPodHintsController } from "./static-pod-hints.ts";

const id = "kube-system/kube-apiserver-node-1";
const about = `${id}:kube-apiserver`;
const show = ({ state }: TestRuntime, container: Document) =>
  state.modify(StaticPodStatus, id, () => ({ containerStatuses: [{ name: "kube-apiserver", ...container }] }));

/** Waits until the controller has said so many lines. */
async function lines(machine: TestRuntime, count: number): Promise<readonly string[]> {
  while (machine.logged.length < count) await new Promise(setImmediate);
  return machine.logged.map((line) => line.replace("k8s.StaticPodHintsController: ", ""));
}

const waiting = (reason: string, message = "") => ({ state: { waiting: { reason, message } } });
const running = (startedAtMs: number) => ({ state: { running: { startedAt: new Date(startedAtMs).toISOString() } } });

test("what keeps a pod from running is said once, however often it is tried", async () => {
  let now = Date.now();
  await using machine = await runtimeWith(staticPodHintsController({ now: () => now }));
  await show(machine, waiting("ContainerCreating"));
  await show(machine, waiting("ErrImagePull", "no such\n host"));
  await lines(machine, 1);
  await show(machine, waiting("ImagePullBackOff", "back-off 10s"));
  const ended = (time: string) => ({ exitCode: 1, message: `starting\nE1121 ${time}   12 run.go:72] unknown flag\n` });
  const loop = waiting("CrashLoopBackOff", "back-off 10s");
  await show(machine, { ...loop, lastState: { terminated: ended("09:00:00.1") } });
  await lines(machine, 2);
  await show(machine, running(now));
  await show(machine, { state: { terminated: ended("09:00:20.2") } });
  await show(machine, running(now + 30_000));
  now += 50_000;
  await show(machine, running(now - 20_000));
  expect(await lines(machine, 3)).toEqual([
    `${about} does not run: ErrImagePull: no such host`,
    `${about} does not run: it ended with code 1: run.go:72] unknown flag`,
    `${about} runs`,
  ]);
});

test("a pod that runs, starts, or has done its work is not spoken of", async () => {
  await using machine = await runtimeWith(staticPodHintsController());
  await show(machine, { state: { terminated: { exitCode: 0, reason: "Completed" } } });
  await show(machine, waiting("PodInitializing"));
  await show(machine, running(0));
  await show(machine, waiting("InvalidImageName"));
  expect(await lines(machine, 1)).toEqual([`${about} does not run: InvalidImageName`]);
});
