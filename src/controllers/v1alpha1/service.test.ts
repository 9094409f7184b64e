import { expect, test } from "bun:test";
import { Queue } from "../../async/queue.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { type SupervisedService, serviceController } from "./service.ts";

const health = { healthy: true, unknown: false };

test.each([
  ["by its configuration", ["Stopping", "Stopping", "Preparing", "Running"]],
  ["by hand", ["Stopping", "Finished", "Starting", "Running"]],
])("a service that is restarted %s is another resource, however soon it runs again", async (_, states) => {
  let kubelet: SupervisedService = { id: "kubelet", state: "Running", health };
  using changes = new Queue<SupervisedService>(16);
  await using machine = await runtimeWith(
    serviceController({
      list: () => [kubelet],
      async *changes() {
        yield* changes;
      },
    }),
  );
  const become = (...states: string[]) => {
    for (const state of states) changes.push({ ...kubelet, state });
    kubelet = { ...kubelet, state: states.at(-1) ?? "" };
  };
  await machine.eventually(Service, "kubelet", ({ spec }) => spec.running);
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type } of machine.state.watch(Service, { id: "kubelet", signal: AbortSignal.timeout(15_000) })) {
      seen.push(type);
      if (seen.filter((event) => event === "created").length === 2) return;
    }
  })();
  become(...states);
  await watching;
  expect(seen.slice(seen.indexOf("destroyed"))).toEqual(["destroyed", "created"]);

  become("Finished");
  await machine.eventuallyGone(Service, "kubelet");
});
