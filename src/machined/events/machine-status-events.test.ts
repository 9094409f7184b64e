import { expect, test } from "bun:test";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { RingEventLog } from "./event-log.ts";
import { publishMachineStatus } from "./machine-status-events.ts";

test("a change of status becomes an event with the wire's numbers", async () => {
  const [state, events, abort] = [memoryState(), new RingEventLog(), new AbortController()];
  const publishing = publishMachineStatus(state, events, abort.signal);
  const unmetConditions = [{ name: "services", reason: "etcd not running" }];
  await state.create(MachineStatus, "machine", { stage: "booting", status: { ready: false, unmetConditions } });
  for await (const { kind, value } of events.subscribe({ tailEvents: -1, signal: abort.signal })) {
    expect(kind).toBe("machine.MachineStatusEvent");
    expect(value).toEqual({ stage: 1, status: { ready: false, unmet_conditions: unmetConditions } });
    abort.abort();
  }
  await publishing;
});
