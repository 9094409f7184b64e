import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import type { Client } from "../client/client.ts";
import { readBootId } from "./boot-id.ts";
import { followEvents } from "./progress-events.ts";

/** Tells the user what a node is doing. */
export type Report = (text: string) => void;

export interface Tracking {
  readonly report: Report;
  /** Aborts on interruption and when the wait takes too long. */
  readonly signal: AbortSignal;
}

const pollMs = 500;
const answerTimeoutMs = 10_000;

/**
 * Waits until a node that was told to reboot is back, in another boot, and ready.
 * @param before the boot it was in; undefined when we may not know, in which case it has to go away first.
 * @throws Failure when the sequence fails or the wait is over.
 */
export async function trackReboot(
  client: Client,
  node: string,
  { actorId, before }: { readonly actorId: string; readonly before: string | undefined },
  { report, signal }: Tracking,
): Promise<void> {
  await followEvents(client, node, actorId, { report, signal });
  report("waiting for the machine to come back");
  const isBack = async () => {
    if (before === undefined) return await answers(client, node, signal);
    return (await readBootId(client, node, signal)) !== before;
  };
  if (before === undefined) await until(async () => !(await answers(client, node, signal)), signal);
  await until(isBack, signal);
  report("waiting for the machine to be ready");
  await until(() => isReady(client, node, signal), signal);
  report("the machine is back");
}

/** Waits until a node that was told to shut down answers no more. */
export async function trackShutdown(
  client: Client,
  node: string,
  actorId: string,
  { report, signal }: Tracking,
): Promise<void> {
  await followEvents(client, node, actorId, { report, signal });
  await until(async () => !(await answers(client, node, signal)), signal);
  report("the machine is off");
}

/** Asks again and again until the answer is yes. Errors are a no: the machine may be anywhere between two boots. */
async function until(question: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (await question().catch(() => false)) return;
    await pause(pollMs, signal);
  }
  throw new Failure("Cannot wait any longer: the machine is not where it should be yet");
}

async function answers(client: Client, node: string, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  return await client.at(node, "machine.MachineService/Version", {}, { signal: limit }).then(
    () => true,
    () => false,
  );
}

async function isReady(client: Client, node: string, signal: AbortSignal): Promise<boolean> {
  const { shownResource } = await import("../resource/resource.ts");
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  const request = { namespace: "runtime", type: "MachineStatuses.runtime.talos.dev", id: "machine" };
  const { resource } = await client.at(node, "cosi.resource.State/Get", request, { signal: limit });
  if (resource == null) return false;
  const { stage, status } = shownResource(resource).spec as { stage?: string; status?: { ready?: boolean } };
  return stage === "running" && status?.ready === true;
}
