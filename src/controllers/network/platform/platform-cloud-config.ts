import { Backoff, type BackoffOptions } from "../../../async/backoff.ts";
import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { DevicesStatus } from "../../../resources/runtime/devices-status.ts";
import type { NetworkSource, PlatformAnswer } from "./network-source.ts";
import { activeId, meanwhileId } from "./platform-config-id.ts";

/** A platform that has more to say than this says the first of it twice. */
const rememberedProblems = 1_000;
const slowly: BackoffOptions = { initialMs: 1_000, maximumMs: 60_000 };

/** Asks the platform what this machine's network should be, once, and says it anew when links come and go. */
export function platformCloudConfigController(source: NetworkSource, retry: BackoffOptions = slowly) {
  const backoff = new Backoff(retry);
  const told = new Set<string>();
  let answer: PlatformAnswer | undefined;
  let isAsked = false;
  let askAgainAtMs = 0;

  return defineController({
    name: "network.PlatformConfigController",
    inputs: [
      { kind: LinkStatus, strength: "weak" },
      { kind: NetworkStatus, id: "status", strength: "weak" },
      { kind: DevicesStatus, id: "devices", strength: "weak" },
    ],
    outputs: [{ kind: PlatformConfig, sharing: "shared" }],
    async reconcile(context) {
      if (!isAsked && source.meanwhile !== undefined) await context.put(PlatformConfig, meanwhileId, source.meanwhile);
      if (!isAsked) await ask(context);
      const links = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec]));
      if (answer === undefined || links.size === 0) return;
      const { config, problems } = answer(links);
      for (const problem of problems) tell(context, "warn", problem);
      await context.put(PlatformConfig, activeId, config);
      await context.destroy(PlatformConfig, meanwhileId);
    },
  });

  async function ask(context: ReconcileContext): Promise<void> {
    if (!(await isReady(context))) return;
    // Links change all the time: that is no reason to ask a server sooner.
    const restMs = askAgainAtMs - performance.now();
    if (restMs > 0) return context.requeueAfter(restMs);
    try {
      answer = await source.read(context.signal);
      isAsked = true;
    } catch (thrown) {
      const waitMs = backoff.next();
      askAgainAtMs = performance.now() + waitMs;
      context.requeueAfter(waitMs);
      const hint = thrown instanceof Failure && thrown.hint !== undefined ? `. ${thrown.hint}` : "";
      tell(context, "error", `${messageOf(thrown)}${hint}`);
    }
  }

  async function isReady(context: ReconcileContext): Promise<boolean> {
    if (source.needs === "network") return (await context.get(NetworkStatus, "status"))?.spec.addressReady === true;
    return (await context.get(DevicesStatus, "devices"))?.spec.ready === true;
  }

  /** Once: the console would show nothing else. */
  function tell(context: ReconcileContext, level: "warn" | "error", problem: string): void {
    if (told.has(problem)) return;
    if (told.size >= rememberedProblems) told.clear();
    told.add(problem);
    context.log(level, problem);
  }
}
