import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { generateConfig } from "../../src/config/generate/config.ts";
import { generateSecrets } from "../../src/config/generate/secrets.ts";
import { applyPatches } from "../../src/config/patch.ts";
import { StatusError } from "../../src/grpc/status.ts";
import { eventually } from "../support/eventually.ts";
import { createNetwork, type TestNetwork } from "./network.ts";
import type { Answer, MachineOptions, OrderName } from "./orders.ts";

/** etcd's service of a machine, as `talosctl service etcd` would show it. */
export interface ServiceView {
  readonly state: string;
  /** Text of its newest event. */
  readonly last: string;
  /** etcd's own process. */
  readonly pid: number;
  readonly healthy: boolean;
  readonly lastMessage: string;
}

export interface MemberView {
  readonly id: string;
  readonly hostname: string;
  readonly peer_urls: readonly string[];
  readonly is_learner: boolean;
}

/** Control plane machines of one cluster, each in a network namespace, as far as they are etcd's. */
export class EtcdCluster implements AsyncDisposable {
  readonly #directory: string;
  readonly #network: TestNetwork;
  readonly #config: string;
  readonly #machines: EtcdMachine[] = [];

  private constructor(directory: string, network: TestNetwork, config: string) {
    this.#directory = directory;
    this.#network = network;
    this.#config = config;
  }

  /** @param patch laid over the configuration. */
  static async create(patch: object = {}): Promise<EtcdCluster> {
    const directory = await mkdtemp(join(tmpdir(), "etcd-members-"));
    const config = applyPatches(await newConfig(), [{ text: JSON.stringify(patch), file: "patch" }]);
    return new EtcdCluster(directory, await createNetwork(), config);
  }

  /** One more machine, `cp-1` at 10.77.0.1 and so on, that knows of all there are. */
  async add(
    options: Partial<Pick<MachineOptions, "config" | "hostname" | "getsTo" | "diskMiB">> = {},
  ): Promise<EtcdMachine> {
    const number = this.#machines.length + 1;
    const [name, address] = [`cp-${number}`, `10.77.0.${number}`];
    const inside = await this.#network.join(name, address);
    const machine = new EtcdMachine(
      { config: this.#config, hostname: name, address, directory: join(this.#directory, name), ...options },
      {
        inside,
        connect: (isConnected) => this.#network.connect(name, isConnected),
        addAddress: (added) => this.#network.addAddress(name, added),
        takeAddresses: () => this.#network.takeAddresses(name),
        ask: (...args) => this.#network.ask(name, ...args),
      },
    );
    this.#machines.push(machine);
    await machine.powerOn();
    return machine;
  }

  /** A neighbour of the machines, which is none of them. @returns what to put before a command to run it there */
  async neighbour(
    name: string,
    address: string,
  ): Promise<{ inside: readonly string[]; ask: (...args: string[]) => Promise<string> }> {
    const inside = await this.#network.join(name, address);
    return { inside, ask: (...args) => this.#network.ask(name, ...args) };
  }

  /** Tells every machine of all the others, as discovery would. */
  async introduce(...machines: readonly EtcdMachine[]): Promise<void> {
    const addresses = machines.map(({ options }) => options.address);
    await Promise.all(machines.map((machine) => machine.know(addresses)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#machines.map((machine) => machine.cutPower()));
    await this.#network[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** That of a control plane of a cluster with secrets of its own. */
export const newConfig = async (): Promise<string> =>
  generateConfig({
    ...{ clusterName: "test", type: "controlplane", endpoint: "https://10.77.0.100:6443" },
    secrets: await generateSecrets({ serviceAccountAlgorithm: "ecdsa-p256" }),
  });

interface Place {
  readonly inside: readonly string[];
  readonly connect: (isConnected: boolean) => Promise<void>;
  readonly addAddress: (address: string) => Promise<void>;
  readonly takeAddresses: () => Promise<void>;
  readonly ask: (...args: string[]) => Promise<string>;
}

export class EtcdMachine {
  options: MachineOptions;
  readonly #place: Place;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #process: ReturnType<typeof startProcess> | undefined;
  #orders = 0;
  #known: readonly string[] = [];

  constructor(options: MachineOptions, place: Place) {
    this.options = options;
    this.#place = place;
  }

  get name(): string {
    return this.options.hostname;
  }

  get data(): string {
    return join(this.options.directory, "lib/etcd");
  }

  /** @param getsTo for this once. */
  async powerOn(getsTo = this.options.getsTo): Promise<void> {
    await mkdir(this.options.directory, { recursive: true });
    const child = startProcess({ ...this.options, ...(getsTo && { getsTo }) }, this.#place.inside);
    this.#process = child;
    void this.#read(child.stdout);
    await this.order("service");
    if (this.#known.length > 0) await this.know(this.#known);
  }

  /** From one moment to the next; the data stays. */
  async cutPower(): Promise<void> {
    await this.crash();
    const pid = Number(await readFile(join(this.options.directory, "etcd.pid"), "utf8").catch(() => "0"));
    if (pid > 0) await end(pid);
  }

  /** Ends machined alone; etcd goes on, as its container would. */
  async crash(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.exited;
    this.#process = undefined;
  }

  async loseData(): Promise<void> {
    await rm(this.data, { recursive: true, force: true });
  }

  connect(isConnected: boolean): Promise<void> {
    return this.#place.connect(isConnected);
  }

  /** As a lease of another address does; a machine that is off wakes up elsewhere. */
  async move(address: string): Promise<void> {
    if (this.#process === undefined) await this.#place.takeAddresses();
    await this.#place.addAddress(address);
    if (this.#process !== undefined) await this.order("move", address);
    this.options = { ...this.options, address };
  }

  log(): Promise<string> {
    return readFile(join(this.options.directory, "machine.log"), "utf8");
  }

  async order<T = unknown>(order: OrderName, given?: unknown): Promise<T> {
    const child = this.#process;
    if (child === undefined) throw new Error(`${this.name} is off`);
    const id = ++this.#orders;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    child.stdin.write(`${JSON.stringify({ id, order, given })}\n`);
    await child.stdin.flush();
    const { result, failure } = await promise;
    if (failure !== undefined) throw new StatusError(failure.code as StatusError["code"], failure.message);
    return result as T;
  }

  async know(addresses: readonly string[]): Promise<void> {
    this.#known = addresses;
    await this.order("know", addresses);
  }

  /** What the kernel has: `ip` with these arguments. */
  ask(...args: string[]): Promise<string> {
    return this.#place.ask(...args);
  }

  service(): Promise<ServiceView> {
    return this.order<ServiceView>("service");
  }

  until(satisfies: (service: ServiceView) => boolean, timeoutMs = 240_000): Promise<ServiceView> {
    return eventually(() => this.service(), satisfies, { timeoutMs, intervalMs: 50 });
  }

  untilHealthy = (): Promise<ServiceView> => this.until(({ healthy }) => healthy);

  async members(isLocal = false): Promise<readonly MemberView[]> {
    const reply = await this.order<{ messages: { members: MemberView[] }[] }>("members", isLocal);
    return (reply.messages[0]?.members ?? []).map((member) => ({ ...member, id: hexOf(member.id) }));
  }

  /** Ends etcd's process; its service starts it again. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    process.kill((await this.service()).pid, signal);
  }

  async put(key: string, value: string): Promise<void> {
    await this.order("keys", { verb: "put", body: { key: btoa(key), value: btoa(value) } });
  }

  /** As put, until it is promised: between two leaders nobody promises anything. */
  async keep(key: string, value: string): Promise<void> {
    await answered(() => this.put(key, value));
  }

  async get(key: string): Promise<string | undefined> {
    const range = { verb: "range", body: { key: btoa(key) } };
    const { kvs } = await answered(() => this.order<{ kvs?: { value: string }[] }>("keys", range));
    return kvs?.[0] && atob(kvs[0].value);
  }

  async #read(stdout: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of createInterface({ input: Readable.fromWeb(stdout as never) })) {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    }
    for (const [id, resolve] of this.#waiting) resolve({ id, failure: { code: 14, message: "the machine is gone" } });
    this.#waiting.clear();
  }
}

/** Asks until there is an answer, whatever it says. */
export const answered = <T>(ask: () => Promise<T>): Promise<T> => eventually(ask, () => true, { intervalMs: 50 });

/** An id as the wire has it. */
function hexOf(id: unknown): string {
  const { low, high } = id as { low: number; high: number };
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16).padStart(16, "0");
}

function startProcess(options: MachineOptions, inside: readonly string[]) {
  const log = openSync(join(options.directory, "machine.log"), "a");
  try {
    const program = [process.execPath, join(import.meta.dir, "machine.ts"), JSON.stringify(options)];
    return Bun.spawn([...inside, ...onDisk(options), ...program], { stdin: "pipe", stdout: "pipe", stderr: log });
  } finally {
    closeSync(log);
  }
}

/** A network namespace comes with a mount namespace: what is mounted here, nobody else sees. */
const onDisk = ({ diskMiB, directory }: MachineOptions): readonly string[] => {
  if (diskMiB === undefined) return [];
  const mount = `mkdir -p "$0" && mount -t tmpfs -o size=${diskMiB}m tmpfs "$0" && exec "$@"`;
  return ["sh", "-c", mount, join(directory, "lib")];
};

async function end(pid: number): Promise<void> {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // gone already
  }
  const isThere = async () => (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes("/etcd");
  await eventually(isThere, (is) => !is, { intervalMs: 10 });
}
