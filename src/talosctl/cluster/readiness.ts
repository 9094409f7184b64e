import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { awaitsBootstrap } from "../../well-known.ts";
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
  /** An etcd that waits for the bootstrap call will do: somebody else is to make it. */
  readonly mayAwaitBootstrap?: boolean;
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

/** An emulated machine needs a good part of a second for an answer, and it has a boot to get on with. */
const restPerAnswer = 7;
const longestRestMs = 8_000;

/**
 * Waits until the machine's API answers and its services are up.
 * @throws Failure with the console's last lines when the machine dies, panics or takes too long.
 */
export async function waitUntilReady(wait: Wait): Promise<Outcome> {
  const { console, signal } = wait;
  const ended = new AbortController();
  const api = new ApiWatch(wait, AbortSignal.any([signal, ended.signal]));
  const began = Date.now();
  try {
    for (; !signal.aborted; await pause(pollMs, signal)) {
      // The console is read while the API is asked: a machine that panics reboots within seconds.
      const waitedMs = Date.now() - began;
      const outcome = await judgeBoot(wait, waitedMs);
      if (outcome !== undefined) return outcome;
      if (waitedMs > wait.timeoutMs) {
        const seconds = Math.round(wait.timeoutMs / 1_000);
        throw dead(`it is not ready after ${seconds} s (${api.trouble ?? "the API does not answer"})`, console);
      }
      if (console.verdict === "silent" || console.verdict === "kernel") {
        wait.report(console.verdict === "kernel" ? "the kernel starts" : "starting");
        continue;
      }
      if (api.ready !== undefined) return { kind: "ready", services: api.ready };
      api.poll();
      wait.report(api.progress ?? lastMachineLine(console) ?? "waiting for the API");
    }
  } finally {
    ended.abort();
  }
  throw new Failure("Cannot wait for the machine: interrupted", { hint: "it goes on booting: talosctl cluster show" });
}

/** What the console and the process say, without asking the machine. */
async function judgeBoot({ console, isAlive, services }: Wait, waitedMs: number): Promise<Outcome | undefined> {
  await console.refresh();
  const { verdict } = console;
  if (verdict === "kernel-oops") return { kind: "kernel-oops", line: console.lastLine ?? "" };
  if (verdict === "panic") throw dead("the kernel panicked", console);
  if (verdict === "fatal") throw dead("machined cannot go on", console);
  // What is to wait for a config has no services to wait for.
  if (verdict === "maintenance" && services.length > 0)
    throw dead("it has no config that it can use, and waits for another (maintenance mode)", console);
  if (!(await isAlive())) throw dead("it stopped", console);
  return verdict === "silent" && waitedMs > silenceMs ? { kind: "silent" } : undefined;
}

/** Asks the API again and again, one question at a time, and remembers the newest answer. */
class ApiWatch {
  readonly #wait: Wait;
  readonly #signal: AbortSignal;
  #asking = false;
  #askAgainAt = 0;
  /** The services, once all that are needed are up. */
  ready: readonly ServiceStatus[] | undefined;
  /** What is missing, when the API answers. */
  progress: string | undefined;
  /** Why it is not ready: what is missing, or why the API does not answer. */
  trouble: string | undefined;

  constructor(wait: Wait, signal: AbortSignal) {
    this.#wait = wait;
    this.#signal = signal;
  }

  /** Asks, unless an answer is still awaited, or the last one has cost so much that the machine deserves a rest. */
  poll(): void {
    const began = performance.now();
    if (this.#asking || began < this.#askAgainAt) return;
    this.#asking = true;
    void this.#ask().finally(() => {
      this.#asking = false;
      const now = performance.now();
      this.#askAgainAt = now + Math.min(restPerAnswer * (now - began), longestRestMs);
    });
  }

  async #ask(): Promise<void> {
    try {
      const { services: needed, list } = this.#wait;
      const services = await list(AbortSignal.any([this.#signal, AbortSignal.timeout(answerTimeoutMs)]));
      const waits = this.#wait.mayAwaitBootstrap === true && awaitsBootstrapCall(services);
      const missing = unready(services, waits ? needed.filter((id) => id !== "etcd") : needed);
      if (missing.length === 0) this.ready = services;
      this.progress = missing.join(", ");
      this.trouble = this.progress;
    } catch (error) {
      this.progress = undefined;
      this.trouble = messageOf(error);
    }
  }
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

/** Its etcd has no data, and waits for somebody to say that this machine is the cluster's first. */
export const awaitsBootstrapCall = (services: readonly ServiceStatus[]): boolean =>
  services.some(({ id, state, message }) => id === "etcd" && state === "Preparing" && message === awaitsBootstrap);

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
