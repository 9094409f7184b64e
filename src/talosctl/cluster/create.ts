import { mkdir } from "node:fs/promises";
import type { Patch } from "../../config/patch.ts";
import { Failure } from "../../errors/failure.ts";
import { type BootFiles, type Compression, findBootFiles } from "./artifacts.ts";
import { writeConfiguration } from "./configuration.ts";
import { ConsoleLog } from "./console.ts";
import { type ClusterDirectory, clusterDirectory } from "./directory.ts";
import { isRunning, stop } from "./host-process.ts";
import { lockCluster } from "./lock.ts";
import { type MachineClient, openMachine } from "./machine-client.ts";
import { fingerprintOf } from "./maintenance.ts";
import type { Progress } from "./progress.ts";
import type { MachineOrder, Provisioner, StartedMachine } from "./provisioner.ts";
import { selectProvisioner } from "./provisioners.ts";
import { awaitsBootstrapCall, type ServiceStatus, waitUntilReady } from "./readiness.ts";
import { ensureServer } from "./server/ensure.ts";
import type { Architecture, ClusterState, NodeState, ProvisionerName } from "./state.ts";
import { readState, writeState } from "./state.ts";

export interface CreateOptions {
  readonly name: string;
  /** Directory that holds all clusters. */
  readonly stateRoot: string;
  /** Where the build leaves kernel, initramfs and images. */
  readonly outputDirectory: string;
  readonly provisioner: ProvisionerName;
  readonly architecture: Architecture;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly compression?: Compression;
  /** Laid over the machine's generated config. */
  readonly configPatches: readonly Patch[];
  /** How the machine gets its config; `none` leaves it waiting for somebody to hand it one. */
  readonly injection: "http" | "metal-iso" | "none";
  /** Lets etcd begin on a machine that has no data; without it somebody else is to. */
  readonly bootstrap: boolean;
  readonly waitTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface CreatedCluster {
  readonly directory: ClusterDirectory;
  readonly state: ClusterState;
  readonly services: readonly ServiceStatus[];
  /** Fingerprint of the machine, if it waits for its config. */
  readonly fingerprint: string | undefined;
  /** Its etcd has no data, and was left to somebody else. */
  readonly awaitsBootstrap: boolean;
  readonly boot: BootFiles;
  readonly leftOut: ReadonlyMap<string, string>;
}

const nodeName = "controlplane-1";
/** What a person waits for; the rest of the machine serves these. */
const awaitedServices = ["containerd", "etcd", "kubelet"];

/**
 * Brings a cluster up, from wherever it is: new, stopped, booting or running. A running one is left as it is.
 * @throws Failure when it does not come up; what was started stays, to be looked at, until it is destroyed.
 */
export async function createCluster(options: CreateOptions, progress: Progress): Promise<CreatedCluster> {
  const directory = clusterDirectory(options.stateRoot, options.name);
  await using _lock = await lockCluster(directory);
  const before = await readState(directory.state);
  if (before !== undefined) refuseOther(before, options);
  const boot = await findBootFiles(options);
  const provisioner = await selectProvisioner(options);
  await mkdir(directory.path, { recursive: true, mode: 0o700 });
  const context: Context = { options, directory, boot, provisioner, progress };
  const running = await isRunning(before?.nodes[0]?.process);
  const state =
    before !== undefined && running ? await withServer(context, before) : await startCluster(context, before);
  return await waitForMachine(context, state);
}

interface Context {
  readonly options: CreateOptions;
  readonly directory: ClusterDirectory;
  readonly boot: BootFiles;
  readonly provisioner: Provisioner;
  readonly progress: Progress;
}

/** A cluster keeps its way of running; another one is another cluster. */
function refuseOther(state: ClusterState, { provisioner, architecture, name }: CreateOptions): void {
  if (state.provisioner === provisioner && state.architecture === architecture) return;
  throw new Failure(
    `Cannot run cluster "${name}" with ${provisioner} on ${architecture}: it exists with ${state.provisioner} on ${state.architecture}`,
    { hint: "destroy it first (talosctl cluster destroy), or give the new one another --name" },
  );
}

/** The server of a running cluster may have ended, alone; machines need it for images and at their next boot. */
async function withServer({ options, directory, provisioner }: Context, state: ClusterState): Promise<ClusterState> {
  const server = await ensureServer({ directory, provisioner, options, before: state.server });
  if (server === state.server) return state;
  const next = { ...state, server };
  await writeState(directory.state, next);
  return next;
}

async function startCluster(context: Context, before: ClusterState | undefined): Promise<ClusterState> {
  const { options, directory, provisioner, progress } = context;
  await provisioner.clean(before?.cleanup ?? []);
  const cleanup = await provisioner.prepare();
  const server = await ensureServer({ directory, provisioner, options, before: before?.server });
  const ports = provisioner.choosePorts(before?.nodes[0]?.ports);
  await progress.step("Writing the machine's config and your talosconfig", () =>
    writeConfiguration({
      directory,
      apiEndpoint: { host: provisioner.apiHost, port: ports.apid },
      kubernetesEndpoint: { host: provisioner.apiHost, port: ports.kubernetes },
      nodeAddress: provisioner.nodeAddress,
      patches: options.configPatches,
      registryUrl: `http://${provisioner.hostAddress}:${server.port}`,
    }),
  );
  const state: ClusterState = {
    version: 1,
    name: options.name,
    provisioner: provisioner.name,
    architecture: options.architecture,
    createdAt: before?.createdAt ?? new Date().toISOString(),
    nodes: [],
    server,
    cleanup,
  };
  await writeState(directory.state, state); // from here on, destroy finds the server
  return await startNode(context, state, ports);
}

async function startNode(context: Context, state: ClusterState, ports: NodeState["ports"]): Promise<ClusterState> {
  const { options, directory, provisioner, boot, progress } = context;
  const server = state.server;
  if (server === undefined) throw new Failure("Cannot start a machine: its server does not run");
  const started = await progress.step<StartedMachine>(`Starting ${nodeName}`, () =>
    provisioner.start({
      ...{ directory, node: nodeName, boot, ports },
      architecture: options.architecture,
      cpus: options.cpus,
      memoryMib: options.memoryMib,
      diskBytes: options.diskBytes,
      config: configFor(options, `http://${provisioner.hostAddress}:${server.port}/${server.token}/config.yaml`),
    }),
  );
  const node: NodeState = {
    name: nodeName,
    role: "controlplane",
    address: provisioner.nodeAddress,
    host: provisioner.apiHost,
    ports,
    process: started.process,
    runsOn: started.runsOn,
    build: boot.identity,
  };
  const next = { ...state, nodes: [node], cleanup: [...(state.cleanup ?? []), ...(started.cleanup ?? [])] };
  await writeState(directory.state, next);
  progress.say(`    ${started.runsOn}`);
  return next;
}

function configFor({ injection }: CreateOptions, url: string): MachineOrder["config"] {
  if (injection === "none") return undefined;
  return injection === "http" ? { url } : { volume: injection };
}

/** Waits for the services; starts the machine again when it failed before any code of ours ran. */
async function waitForMachine(context: Context, state: ClusterState): Promise<CreatedCluster> {
  const { options, directory, provisioner, boot, progress } = context;
  const node = state.nodes[0];
  if (node === undefined) throw new Failure(`Cannot wait for cluster "${state.name}": it has no machine`);
  using machine = await openMachine(directory.talosconfig, node);
  const place = { host: node.host, port: node.ports.apid };
  const isToWait = options.injection === "none";
  const wanted = isToWait ? [] : awaitedServices;
  const awaited = isToWait ? "its API" : wanted.join(", ");
  let fingerprint: string | undefined;
  const outcome = await progress.step(`Waiting for ${awaited} on ${node.name}`, (report) =>
    waitUntilReady({
      services: wanted.filter((service) => !provisioner.leftOut.has(service)),
      mayAwaitBootstrap: !options.bootstrap,
      timeoutMs: options.waitTimeoutMs,
      console: new ConsoleLog(directory.console(node.name)),
      async list(signal) {
        if (!isToWait) return await servicesOf(machine, options.bootstrap, signal);
        // It may have got its config from somebody since it was made.
        fingerprint = await fingerprintOf(place, signal).catch(() => undefined);
        return fingerprint === undefined ? await machine.services(signal) : [];
      },
      isAlive: () => isRunning(node.process),
      report,
      signal: options.signal,
    }),
  );
  if (outcome.kind === "ready") {
    const { services } = outcome;
    const awaitsBootstrap = awaitsBootstrapCall(services);
    return { directory, state, boot, services, fingerprint, awaitsBootstrap, leftOut: provisioner.leftOut };
  }
  const plan = provisioner.retry(outcome.kind);
  if (plan === undefined) {
    const fault = outcome.kind === "silent" ? "it printed nothing" : "the kernel failed before /init";
    throw new Failure(`Cannot boot ${node.name}: ${fault}`, {
      hint: `its console log is ${directory.console(node.name)}`,
    });
  }
  progress.say(`    ${plan}`);
  await stop(node.process);
  return await waitForMachine(context, await startNode(context, state, node.ports));
}

/** Asks for the services, and lets etcd begin when that is what it waits for. */
async function servicesOf(machine: MachineClient, bootstraps: boolean, signal: AbortSignal): Promise<ServiceStatus[]> {
  const services = await machine.services(signal);
  if (!bootstraps || !awaitsBootstrapCall(services)) return services;
  await machine.bootstrap(signal);
  return await machine.services(signal);
}
