import { expect, test } from "bun:test";
import { Queue } from "../../../async/queue.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { type FailingService, failingServicesController } from "./failing-services.ts";

/** Services that do what the test says. */
function servicesOf(...all: readonly string[]) {
  const now = new Map<string, FailingService>(all.map((id) => [id, { id, problem: [] }]));
  const queue = new Queue<FailingService>(16);
  return {
    list: () => [...now.values()],
    changes: (signal: AbortSignal) => {
      signal.addEventListener("abort", () => queue.close(), { once: true });
      return queue;
    },
    set(id: string, ...problem: readonly string[]) {
      now.set(id, { id, problem });
      queue.push({ id, problem });
    },
  };
}

test("what a service fails of again and again is told with what to do, until it has run for a while", async () => {
  const services = servicesOf("kubelet", "etcd");
  await using machine = await runtimeWith(failingServicesController(services, { steadyMs: 5 }));
  services.set("etcd");
  services.set("kubelet", "Cannot pull image: no such host", "Is the registry's name right?");
  const { spec } = await machine.eventually(Diagnostic, "service-kubelet");
  expect(spec.message).toBe("service kubelet keeps failing");
  expect(spec.details.slice(0, 2)).toEqual(["Cannot pull image: no such host", "Is the registry's name right?"]);
  services.set("kubelet", "exit code 1");
  await machine.eventually(Diagnostic, "service-kubelet", (told) => told.spec.details[0] === "exit code 1");
  services.set("kubelet");
  await machine.eventuallyGone(Diagnostic, "service-kubelet");
  expect(await machine.state.list(Diagnostic)).toEqual([]);
});

test("a run of a crash loop that looks well ends no trouble", async () => {
  const services = servicesOf("etcd", "kubelet");
  await using machine = await runtimeWith(failingServicesController(services, { steadyMs: 60_000 }));
  services.set("etcd", "exit code 1");
  await machine.eventually(Diagnostic, "service-etcd");
  services.set("etcd");
  // Both come in order: once the second is told, the first was looked at.
  services.set("kubelet", "exit code 2");
  await machine.eventually(Diagnostic, "service-kubelet");
  expect((await machine.state.get(Diagnostic, "service-etcd"))?.spec.details[0]).toBe("exit code 1");
});
