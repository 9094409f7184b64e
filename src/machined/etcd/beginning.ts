import { messageOf } from "../../errors/message.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { awaitsBootstrap } from "../../well-known.ts";
import { fetchImage } from "../containers/container.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { RunContext } from "../supervisor/runner.ts";
import type { ServiceHost } from "../supervisor/service.ts";
import type { Bootstrap } from "./bootstrap-gate.ts";
import { type JoinMemory, joinWhenThereIsACluster } from "./join.ts";
import { type EtcdPlace, hasEtcdData, makeEtcdData } from "./place.ts";
import { type ContainerRunner, restoreSnapshot } from "./restore.ts";

/** How a run of etcd begins: with its data, or, without any, as a cluster's first member or as one more. */
export type Beginning =
  | { readonly kind: "goesOn" }
  | { readonly kind: "first" }
  | { readonly kind: "joins"; readonly initialCluster: string };

export interface BeginningOptions {
  readonly place: EtcdPlace;
  readonly runner: ContainerRunner;
}

type Waiting = Pick<RunContext, "signal" | "report">;

/**
 * Decides before each run, until there is data. A machine without any waits for whatever comes first: the bootstrap
 * call, which makes it the first of a cluster, or a cluster that answers, which it joins.
 */
export function beginnings(host: ServiceHost, options: BeginningOptions): (context: Waiting) => Promise<Beginning> {
  const { place } = options;
  let isFirst = false;
  const memory: JoinMemory = {};
  return async (context) => {
    await makeEtcdData(place.data);
    if (await hasEtcdData(place)) return { kind: "goesOn" };
    // The call was answered: a run that failed before it had any data is still that of the first member.
    if (isFirst) return { kind: "first" };
    const beginning = await firstOrJoins(host, options, memory, context);
    isFirst = beginning.kind === "first";
    return beginning;
  };
}

async function firstOrJoins(
  host: ServiceHost,
  options: BeginningOptions,
  memory: JoinMemory,
  context: Waiting,
): Promise<Beginning> {
  const { log, state } = host;
  const { signal, report } = context;
  const spec = await whenResource(state, EtcdSpec, "etcd", () => true, signal);
  if (memory.added === undefined) {
    log("info", "etcd has no data, and waits. If this machine is the first of its cluster, type on another computer:");
    log("info", `  talosctl bootstrap --nodes ${spec.advertisedAddresses[0]}`);
  }
  const fetching = fetchMeanwhile(host, spec.image, signal);
  while (true) {
    report(awaitsBootstrap);
    const found = await callOrCluster(host, memory, context);
    await fetching.done(report);
    if ("initialCluster" in found) return { kind: "joins", initialCluster: found.initialCluster };
    if (found.recover === undefined) return { kind: "first" };
    try {
      await restoreSnapshot(host, { ...options, ...found.recover, signal, report });
      return { kind: "goesOn" };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      report(messageOf(thrown));
      log("error", messageOf(thrown));
    }
  }
}

/** Whichever comes first. Once a cluster answers the call is refused, so that never both come. */
async function callOrCluster(
  host: ServiceHost,
  memory: JoinMemory,
  { signal, report }: Waiting,
): Promise<Bootstrap | { readonly initialCluster: string }> {
  const { bootstrapGate: gate } = host;
  const decided = new AbortController();
  const waiting = AbortSignal.any([signal, decided.signal]);
  const called = gate.wait(waiting).then((bootstrap) => {
    decided.abort();
    const what = bootstrap.recover === undefined ? "beginning a cluster" : "recovering from the snapshot";
    report(`Bootstrap call received: ${what}`);
    return bootstrap;
  });
  const joined = joinWhenThereIsACluster(host, memory, { signal: waiting, report });
  try {
    return await Promise.any([called, joined]);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  } finally {
    decided.abort();
    await Promise.allSettled([called, joined]);
    gate.refuse(undefined);
  }
}

/** Fetches an image beside the wait, and tells of it once somebody waits for it. The start meets any failure again. */
function fetchMeanwhile(host: ServiceHost, image: string, signal: AbortSignal) {
  let tell = (_: string) => {};
  const fetched = fetchImage(host, image, { signal, report: (message) => tell(message) }).catch(() => {});
  return {
    done(report: (message: string) => void): Promise<void> {
      tell = report;
      return fetched;
    },
  };
}
