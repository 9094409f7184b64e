import type { MachineConfig as ParsedConfig } from "../../config/index.ts";
import { activeConfig } from "../../controllers/active-config.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import type { State } from "../../cosi/state.ts";
import { Failure } from "../../errors/failure.ts";
import { MachineConfig } from "../../resources/config/machine-config.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import type { Condition } from "./service.ts";

/** Resolves when a resource is there, running, and as wanted. @throws the abort's reason */
export async function whenResource<S>(
  state: State,
  kind: ResourceKind<S>,
  id: string,
  wanted: (spec: S) => boolean,
  signal: AbortSignal,
): Promise<S> {
  for await (const event of state.watch(kind, { id, signal })) {
    if (event.type === "errored") throw new Failure(`Cannot watch ${kind.type} "${id}"`, { cause: event.error });
    if (event.type !== "created" && event.type !== "updated") continue;
    const { metadata, spec } = event.resource;
    if (metadata.phase === "running" && wanted(spec)) return spec;
  }
  throw signal.reason ?? new Failure(`Cannot watch ${kind.type} "${id}": the watch ended`);
}

/** Resolves when a configuration is in force; on a machine that waits for one that may take days. */
export async function whenConfigured(state: State, signal: AbortSignal): Promise<ParsedConfig> {
  await whenResource(state, MachineConfig, "v1alpha1", () => true, signal);
  const config = await activeConfig(state);
  if (config === undefined) throw new Failure("Cannot read the machine's configuration: it went away");
  return config;
}

const API_FIRST_MS = 15_000;

/**
 * For what can wait at boot, when processors are short: whoever watches a machine start wants its API first. The bound
 * is that of an emulated machine, where loading modules under the API's feet costs it most; others never reach it.
 */
export const apiFirst: Condition = {
  description: "API to answer",
  wait: async ({ state }, signal) => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(API_FIRST_MS)]);
    try {
      await whenResource(state, Service, "apid", ({ healthy }) => healthy, patience);
    } catch (thrown) {
      if (signal.aborted || !patience.aborted) throw thrown;
    }
  },
};

/** A condition on one resource. */
export const resourceReady = <S>(
  description: string,
  kind: ResourceKind<S>,
  id: string,
  wanted: (spec: S) => boolean = () => true,
): Condition => ({
  description,
  wait: async ({ state }, signal) => {
    await whenResource(state, kind, id, wanted, signal);
  },
});

/** For what signs, checks certificates or promises leases: or at least nobody can say when the clock will be right. */
export const timeInSync = resourceReady("time to be in sync", TimeStatus, "node", ({ synced }) => synced);
