import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { ConsoleLog } from "./console.ts";
import type { Report } from "./progress.ts";

/** What the API tells of one service. */
export interface ServiceStatus {
  readonly id: string;
  /** `Running`, `Waiting`, … */
  readonly state: string;
  /** The newest event: why it waits, what it does. */
  readonly message: string;
  /** undefined when the service has no health check, or was not checked yet. */
  readonly healthy: boolean | undefined;
}

export interface Wait {
  /** Services that have to run and be healthy. */
  readonly services: readonly string[];
  readonly timeoutMs: number;
  readonly console: ConsoleLog;
  /** Asks the machine; rejects while its API does not answer. */
  list(signal: AbortSignal): Promise<readonly ServiceStatus[]>;
  isAlive(): Promise<boolean>;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export type Outcome =
  | { readonly kind: "ready"; readonly services: readonly ServiceStatus[] }
  /** The kernel failed before it ran anything of ours: worth another try. */
  | { readonly kind: "kernel-oops"; readonly line: string }
  /** The virtual CPU seems not to run: nothing was printed for too long. */
  | { readonly kind: "silent" };

const pollMs = 250;
const answerTimeoutMs = 10_000;
const silenceMs = 60_000;

/**
 * Waits until the machine's API answers and its services are up.
 * @throws Failure with the console's last lines when the machine dies, panics or takes too long.
 */
export async function waitUntilReady(wait: Wait): Promise<Outcome> {
  const { console, signal } = wait;
  const began = Date.now();
  let trouble: string | undefined;
  while (!signal.aborted) {
    await console.refresh();
    const { verdict } = console;
    if (verdict === "kernel-oops") return { kind: "kernel-oops", line: console.lastLine ?? "" };
    if (verdict === "panic") throw dead("the kernel panicked", console);
    if (!(await wait.isAlive())) throw dead("it stopped", console);
    if (verdict === "silent" && Date.now() - began > silenceMs) return { kind: "silent" };
    if (verdict === "silent" || verdict === "kernel")
      wait.report(verdict === "kernel" ? "the kernel starts" : "starting");
    else {
      const services = await wait
        .list(AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]))
        .catch((error) => {
          trouble = messageOf(error);
          return undefined;
        });
      if (services !== undefined && services.length > 0) {
        const missing = unready(services, wait.services);
        if (missing.length === 0) return { kind: "ready", services };
        trouble = missing.join(", ");
        wait.report(trouble);
      } else wait.report(lastMachineLine(console) ?? "waiting for the API");
    }
    if (Date.now() - began > wait.timeoutMs) {
      throw dead(
        `it is not ready after ${Math.round(wait.timeoutMs / 1_000)} s (${trouble ?? "the API does not answer"})`,
        console,
      );
    }
    await pause(pollMs, signal);
  }
  throw new Failure("Cannot wait for the machine: interrupted", { hint: "it goes on booting: talosctl cluster show" });
}

/** Of the services that are needed, those that are not there yet, each with what it is doing. */
export function unready(services: readonly ServiceStatus[], needed: readonly string[]): string[] {
  return needed.flatMap((id) => {
    const service = services.find((service) => service.id === id);
    if (service === undefined) return [`${id} not started`];
    if (service.state !== "Running")
      return [`${id} ${service.state}${service.message === "" ? "" : ` (${service.message})`}`];
    return service.healthy === true ? [] : [`${id} ${service.healthy === false ? "unhealthy" : "not checked yet"}`];
  });
}

const lastMachineLine = (console: ConsoleLog) =>
  console
    .tail(50)
    .findLast((line) => line.includes("[talos]"))
    ?.replace(/^.*\[talos\]\s*/, "");

function dead(what: string, console: ConsoleLog): Failure {
  const lines = console.tail(20).map((line) => `  ${line}`);
  return new Failure(`Cannot boot the machine: ${what}`, {
    hint: [`the last lines of its console, ${console.path}:`, ...lines].join("\n"),
  });
}
