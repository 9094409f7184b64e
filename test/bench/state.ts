import { memoryState } from "../../src/cosi/memory/memory-state.ts";
import type { State } from "../../src/cosi/state.ts";
import { AddressStatus } from "../../src/resources/network/address-status.ts";
import type { Report } from "./report.ts";

const resources = 10_000;
const updates = 10_000;

const zero = AddressStatus.decodeProto(new Uint8Array());

/** Events that reach watchers per second, when resources are made and then changed one after another. */
export async function stateReport(): Promise<Report> {
  const one = await eventsPerSecond(1);
  const many = await eventsPerSecond(100);
  return {
    title: `State: ${resources} resources made, then ${updates} changes`,
    figures: [
      { name: "changes, 1 watcher", value: one.changesPerSecond, unit: "/s" },
      { name: "changes, 100 watchers", value: many.changesPerSecond, unit: "/s" },
      { name: "events delivered, 1 watcher", value: one.eventsPerSecond, unit: "/s" },
      { name: "events delivered, 100 watchers", value: many.eventsPerSecond, unit: "/s" },
    ],
  };
}

async function eventsPerSecond(watchers: number) {
  const state = memoryState();
  const controller = new AbortController();
  const counting = Array.from({ length: watchers }, () => count(state, controller.signal, resources + updates));
  const startMs = performance.now();
  for (let index = 0; index < resources; index += 1) await state.create(AddressStatus, `eth0/${index}`, zero);
  for (let index = 0; index < updates; index += 1) {
    await state.modify(AddressStatus, `eth0/${index % resources}`, (spec) => ({
      ...(spec ?? zero),
      linkIndex: index + 1,
    }));
  }
  await Promise.all(counting);
  const seconds = (performance.now() - startMs) / 1_000;
  controller.abort();
  const changes = resources + updates;
  return { changesPerSecond: changes / seconds, eventsPerSecond: (changes * watchers) / seconds };
}

async function count(state: State, signal: AbortSignal, expected: number): Promise<void> {
  let seen = 0;
  for await (const event of state.watch(AddressStatus, { signal })) {
    if (event.type === "errored") throw event.error;
    seen += 1;
    if (seen === expected) return;
  }
}
