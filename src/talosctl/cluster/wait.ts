import { Failure } from "../../errors/failure.ts";
import { ConsoleLog } from "./console.ts";
import type { CreateOptions } from "./create.ts";
import type { ClusterDirectory } from "./directory.ts";
import { isRunning, stop } from "./host-process.ts";
import { type MachineClient, openMachine } from "./machine-client.ts";
import { fingerprintOf } from "./maintenance.ts";
import type { Progress, Report } from "./progress.ts";
import type { Provisioner } from "./provisioner.ts";
import { awaitsBootstrapCall, type Outcome, type ServiceStatus, waitUntilReady } from "./readiness.ts";
import type { NodeRole, NodeState } from "./state.ts";

/** A machine that works. */
export interface ReadyNode {
  readonly node: NodeState;
  readonly services: readonly ServiceStatus[];
  /** Of its key, if it waits for its config. */
  readonly fingerprint: string | undefined;
  /** Its etcd has no data, and was left to somebody else. */
  readonly awaitsBootstrap: boolean;
}

export interface MachinesWait {
  readonly options: Pick<CreateOptions, "injection" | "bootstrap" | "wait" | "waitTimeoutMs" | "signal">;
  readonly directory: ClusterDirectory;
  readonly provisioner: Pick<Provisioner, "leftOut" | "retry">;
  readonly progress: Progress;
  /** Control planes first; the first of them begins the cluster. */
  readonly nodes: readonly NodeState[];
  /** Starts a machine again. */
  restart(name: string): Promise<NodeState>;
}

/** What a person waits for; the rest of the machine serves these. */
const awaitedServices: Readonly<Record<NodeRole, readonly string[]>> = {
  controlplane: ["containerd", "etcd", "kubelet"],
  worker: ["containerd", "kubelet"],
};

/**
 * Waits for the services of all machines at once; where nobody wants to wait, for the first machine to begin the cluster.
 * @throws Failure of the first machine that cannot get there.
 */
export async function waitForMachines(wait: MachinesWait): Promise<readonly ReadyNode[]> {
  const { options } = wait;
  const begins = options.bootstrap && options.injection !== "none";
  const nodes = options.wait ? wait.nodes : wait.nodes.slice(0, begins ? 1 : 0);
  const rest = wait.nodes.slice(nodes.length).map(unknownYet);
  return nodes.length === 0 ? rest : [...(await waitForNodes(wait, nodes)), ...rest];
}

const unknownYet = (node: NodeState): ReadyNode => ({
  ...{ node, services: [], fingerprint: undefined, awaitsBootstrap: false },
});

async function waitForNodes(wait: MachinesWait, nodes: readonly NodeState[]): Promise<ReadyNode[]> {
  const { options, progress } = wait;
  const others = new AbortController();
  const signal = AbortSignal.any([options.signal, others.signal]);
  const names = nodes.length === 1 ? nodes.map(({ name }) => name) : [`${nodes.length} machines`];
  const services = options.wait ? "the services" : "the bootstrap call";
  const what = options.injection === "none" ? "the API" : services;
  return await progress.step(`Waiting for ${what} of ${names.join()}`, async (report) => {
    const details = new Map<string, string>();
    const tell = (node: NodeState) => (detail: string) => {
      details.set(node.name, detail);
      const lines = [...details].filter(([, text]) => text !== "");
      report(lines.map(([name, text]) => (nodes.length === 1 ? text : `${name}: ${text}`)).join(" | "));
    };
    try {
      return await Promise.all(
        nodes.map(async (node, index) => {
          const ready = await waitForMachine({ ...wait, signal, isFirst: index === 0 }, node, tell(node));
          tell(node)("");
          return ready;
        }),
      );
    } finally {
      others.abort();
    }
  });
}

interface MachineWait extends MachinesWait {
  readonly signal: AbortSignal;
  /** The first control plane, whose etcd is to begin. */
  readonly isFirst: boolean;
}

/** Waits for one machine; starts it again when it failed before any code of ours ran. */
async function waitForMachine(wait: MachineWait, node: NodeState, report: Report): Promise<ReadyNode> {
  const { directory, provisioner, progress } = wait;
  const { outcome, fingerprint } = await watchMachine(wait, node, report);
  if (outcome.kind === "ready") {
    const { services } = outcome;
    return { node, services, fingerprint, awaitsBootstrap: awaitsBootstrapCall(services) };
  }
  const plan = provisioner.retry(node.name, outcome.kind);
  if (plan === undefined) {
    const fault = outcome.kind === "silent" ? "it printed nothing" : "the kernel failed before /init";
    throw new Failure(`Cannot boot ${node.name}: ${fault}`, {
      hint: `its console log is ${directory.console(node.name)}`,
    });
  }
  progress.say(`    ${node.name}: ${plan}`);
  await stop(node.process);
  return await waitForMachine(wait, await wait.restart(node.name), report);
}

async function watchMachine(
  { options, directory, provisioner, signal, isFirst }: MachineWait,
  node: NodeState,
  report: Report,
): Promise<{ readonly outcome: Outcome; readonly fingerprint: string | undefined }> {
  using machine = await openMachine(directory.talosconfig, node);
  const place = { host: node.host, port: node.ports.apid };
  const isToWait = options.injection === "none";
  const bootstraps = options.bootstrap && isFirst;
  let fingerprint: string | undefined;
  const outcome = await waitUntilReady({
    services: isToWait || !options.wait ? [] : awaitedOf(node.role, provisioner.leftOut),
    mayAwaitBootstrap: !options.bootstrap,
    timeoutMs: options.waitTimeoutMs,
    console: new ConsoleLog(directory.console(node.name)),
    async list(listSignal) {
      if (!isToWait) {
        const { services, isBegun } = await servicesOf(machine, bootstraps, listSignal);
        if (!options.wait && !isBegun) throw new Error("etcd does not take the bootstrap call yet");
        return services;
      }
      // It may have got its config from somebody since it was made.
      fingerprint = await fingerprintOf(place, listSignal).catch(() => undefined);
      return fingerprint === undefined ? await machine.services(listSignal) : [];
    },
    isAlive: () => isRunning(node.process),
    report,
    signal,
  });
  return { outcome, fingerprint };
}

const awaitedOf = (role: NodeRole, leftOut: ReadonlyMap<string, string>): string[] =>
  awaitedServices[role].filter((service) => !leftOut.has(service));

/** Asks for the services, and lets etcd begin when that is what it waits for. */
async function servicesOf(machine: MachineClient, bootstraps: boolean, signal: AbortSignal) {
  const services = await machine.services(signal);
  const calls = bootstraps && awaitsBootstrapCall(services);
  if (calls) await machine.bootstrap(signal);
  const isBegun = calls || services.some(({ id, state }) => id === "etcd" && state === "Running");
  return { services: calls ? await machine.services(signal) : services, isBegun };
}
