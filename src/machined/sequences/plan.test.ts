import { expect, test } from "bun:test";
import { type PlanHost, planOf } from "./plan.ts";

const nothing = async () => undefined;
const host: PlanHost = {
  log: () => undefined,
  mode: "metal",
  shutdownAction: "powerOff",
  onCgroups: () => undefined,
  onEnding: () => undefined,
  startMachined: nothing,
  stopMachined: nothing,
  whenApiAnswers: nothing,
  provisionVolumes: nothing,
  startEverything: nothing,
  drainNode: nothing,
  releaseKubelet: nothing,
  endPods: nothing,
  stopServices: nothing,
};

const phasesOf = (name: "reboot" | "shutdown", force: boolean): string[] =>
  planOf(host)
    [name]({ force })
    .phases.map((phase) => phase.name);

test("pods move away from a machine that is shut down, while its cluster still works", () => {
  const phases = phasesOf("shutdown", false);
  expect(phases[0]).toBe("drain");
  expect(phases.indexOf("releaseKubelet")).toBeLessThan(phases.indexOf("stopServices"));
  expect(phases.at(-1)).toBe("shutdown");
});

test("a reboot is too short for that, and force waits for nobody's pods", () => {
  expect(phasesOf("reboot", false)).not.toContain("drain");
  expect(phasesOf("shutdown", true)).not.toContain("drain");
  expect(phasesOf("reboot", true)).toEqual(["reboot"]);
});
