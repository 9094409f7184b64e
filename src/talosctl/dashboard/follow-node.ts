import { Backoff } from "../../async/backoff.ts";
import type { Notice } from "../../async/notice.ts";
import { pause } from "../../async/pause.ts";
import { wireState } from "../../cosi/wire/wire-state.ts";
import { messageOf } from "../../errors/message.ts";
import type { Channel } from "../../grpc/client/channel.ts";
import { withMetadata } from "../../grpc/client/with-metadata.ts";
import { api } from "../../proto/methods.ts";
import { resourceType } from "../../resources/registry.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { type Counters, figuresOf, processRows } from "./measure.ts";
import type { Identity, NodeView, ServiceRow } from "./node-view.ts";

export interface FollowOptions {
  readonly channel: Channel;
  readonly node: string;
  readonly intervalMs: number;
  /** Whether anybody looks: a node that is not shown is only asked whether it is there. */
  isShown(): boolean;
  /** Posted when another node is shown. */
  readonly turned: Notice;
  /** Takes what has changed. */
  update(change: Partial<NodeView>): void;
  readonly signal: AbortSignal;
}

const answerTimeoutMs = 5_000;
/** Lines of the log that are kept to scroll in, at least. */
const logLines = 1_000;

/** Asks a node again and again, until the signal aborts. Trouble is shown, and does not end it. */
export async function followNode(options: FollowOptions): Promise<void> {
  await Promise.all([followFigures(options), followLog(options)]);
}

async function followFigures(options: FollowOptions): Promise<void> {
  const { intervalMs, isShown, turned, update, signal } = options;
  let before: Counters | undefined;
  while (!signal.aborted) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
      if (isShown()) before = await readAll(options, before, limit);
      else await isThere(options, limit);
      update({ trouble: undefined });
    } catch (thrown) {
      if (!signal.aborted) update({ trouble: messageOf(thrown) });
      before = undefined;
    }
    await soonerWhenTurned(turned, intervalMs, signal);
  }
}

/** The pause between two looks, cut short when the user turns to another node. */
async function soonerWhenTurned(turned: Notice, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  await Promise.race([pause(ms, until), turned.next(until)]);
  over.abort();
}

async function isThere({ channel, node }: FollowOptions, signal: AbortSignal): Promise<void> {
  await withMetadata(channel, { node }).unary(api("machine.MachineService/LoadAvg"), {}, { signal });
}

async function readAll(
  { channel, node, update }: FollowOptions,
  before: Counters | undefined,
  signal: AbortSignal,
): Promise<Counters> {
  const at = withMetadata(channel, { node });
  const ask = { signal };
  const [stat, load, memory, network, processes, services, identity] = await Promise.all([
    at.unary(api("machine.MachineService/SystemStat"), {}, ask),
    at.unary(api("machine.MachineService/LoadAvg"), {}, ask),
    at.unary(api("machine.MachineService/Memory"), {}, ask),
    at.unary(api("machine.MachineService/NetworkDeviceStats"), {}, ask),
    at.unary(api("machine.MachineService/Processes"), {}, ask),
    at.unary(api("machine.MachineService/ServiceList"), {}, ask),
    identify(at, signal),
  ]);
  const [[statMessage], [loadMessage]] = [stat.messages, load.messages];
  if (statMessage === undefined || loadMessage === undefined) throw new Error("the machine tells nothing of itself");
  const counters: Counters = {
    atMs: Date.now(),
    stat: statMessage,
    network: network.messages[0]?.total ?? undefined,
    processes: processes.messages.flatMap((message) => message.processes),
  };
  const now = { ...counters, load: loadMessage, memory: memory.messages[0]?.meminfo ?? undefined };
  update({
    identity,
    figures: figuresOf(now, before),
    processes: processRows(counters, before),
    services: services.messages.flatMap((message) => message.services.map(serviceRow)),
  });
  return counters;
}

async function identify(channel: Channel, signal: AbortSignal): Promise<Identity> {
  const [version, hostname, status] = await Promise.all([
    channel.unary(api("machine.MachineService/Version"), {}, { signal }),
    channel.unary(api("machine.MachineService/Hostname"), {}, { signal }),
    wireState(channel, resourceType).get(MachineStatus, "machine"),
  ]);
  return {
    hostname: hostname.messages[0]?.hostname ?? "",
    version: version.messages[0]?.version?.tag ?? "",
    stage: status?.spec.stage ?? "unknown",
    isReady: status?.spec.status.ready ?? false,
    unmet: (status?.spec.status.unmetConditions ?? []).map(({ name, reason }) => `${name} (${reason})`),
  };
}

interface ServiceInfo {
  readonly id: string;
  readonly state: string;
  readonly events?: { readonly events: readonly { readonly msg: string }[] } | null;
  readonly health?: { readonly unknown: boolean; readonly healthy: boolean } | null;
}

const serviceRow = ({ id, state, events, health }: ServiceInfo): ServiceRow => ({
  id,
  state,
  healthy: health == null || health.unknown ? undefined : health.healthy,
  message: events?.events.at(-1)?.msg ?? "",
});

/** The log while the node is shown: what there is, and what comes. */
async function followLog({ channel, node, isShown, turned, update, signal }: FollowOptions): Promise<void> {
  const at = withMetadata(channel, { node });
  const backoff = new Backoff({ initialMs: 500, maximumMs: 10_000 });
  while (!signal.aborted) {
    if (!isShown()) {
      await turned.next(signal);
      continue;
    }
    const hidden = new AbortController();
    const until = AbortSignal.any([signal, hidden.signal]);
    const watching = untilHidden(isShown, turned, until).then(() => hidden.abort());
    try {
      const log: string[] = [];
      for await (const { bytes } of await openLog(at, until)) {
        log.push(...Buffer.from(bytes).toString("utf8").trimEnd().split("\n"));
        if (log.length > 2 * logLines) log.splice(0, logLines);
        update({ log });
        backoff.reset();
      }
    } catch {
      // That a node does not answer is told by its figures.
    }
    hidden.abort();
    await watching;
    if (isShown()) await pause(backoff.next(), signal);
  }
}

/** Of the kernel, which has machined's lines among its own; a container has no kernel, and machined's alone. */
async function openLog(channel: Channel, signal: AbortSignal): Promise<AsyncIterable<{ readonly bytes: Uint8Array }>> {
  const version = await channel.unary(api("machine.MachineService/Version"), {}, { signal });
  if (version.messages[0]?.platform?.mode !== "container") {
    return channel.serverStream(api("machine.MachineService/Dmesg"), { follow: true }, { signal });
  }
  const request = { id: "machined", namespace: "system", follow: true, tail_lines: logLines };
  return channel.serverStream(api("machine.MachineService/Logs"), request, { signal });
}

async function untilHidden(isShown: () => boolean, turned: Notice, signal: AbortSignal): Promise<void> {
  while (isShown() && !signal.aborted) await turned.next(signal);
}
