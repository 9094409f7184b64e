import { machineSocket } from "../../well-known.ts";
import { unixHealth } from "../supervisor/health.ts";
import type { RunEnd, Runner } from "../supervisor/runner.ts";
import { defineService } from "../supervisor/service.ts";

/** Not a process of its own: PID 1 runs while anything does, so a run starts at once and ends when it is told to. */
const ourselves: Runner = {
  start: async () => {
    const { promise: ended, resolve } = Promise.withResolvers<RunEnd>();
    const kill = () => resolve({ code: 0, signal: undefined });
    return { pid: process.pid, name: "machined", started: "Service started as PID 1", ended, kill };
  },
};

/** PID 1, listed among the services so that one look shows whether its API can be reached. */
export const machined = defineService({
  id: "machined",
  runs: () => ourselves,
  health: unixHealth(machineSocket),
  stopsLast: true,
});
