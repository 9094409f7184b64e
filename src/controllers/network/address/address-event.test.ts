import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { addressEventController, type Whereabouts } from "./address-event.ts";

const current = (addresses: string[]): NodeAddress => ({ addresses, sortAlgorithm: "v1" });

test("where the machine is, is told once each time it changes", async () => {
  const told: Whereabouts[] = [];
  const arrivals = new Map<string, () => void>();
  const controller = addressEventController((whereabouts) => {
    told.push(whereabouts);
    arrivals.get(JSON.stringify(whereabouts))?.();
  });
  const whenTold = (whereabouts: Whereabouts) =>
    new Promise<void>((resolve) => {
      if (told.some((known) => JSON.stringify(known) === JSON.stringify(whereabouts))) resolve();
      else arrivals.set(JSON.stringify(whereabouts), resolve);
    });
  await using runtime = await runtimeWith(controller);
  const { state } = runtime;
  await state.create(HostnameStatus, "hostname", { hostname: "node-1", domainname: "" });
  await state.modify(NodeAddress, "current", () => current(["10.0.2.15/24", "fd00::1/64"]));
  await whenTold({ hostname: "node-1", addresses: ["10.0.2.15", "fd00::1"] });
  await state.modify(NodeAddress, "current", () => current(["10.0.2.15/16"]));
  await whenTold({ hostname: "node-1", addresses: ["10.0.2.15"] });
  expect(told.every(({ hostname, addresses }) => hostname !== "" || addresses.length > 0)).toBe(true);
  expect(new Set(told.map((whereabouts) => JSON.stringify(whereabouts))).size).toBe(told.length);
});
