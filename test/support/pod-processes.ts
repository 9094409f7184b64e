import { closeSync, openSync } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pause } from "../../src/async/pause.ts";
import type { ComponentId } from "../../src/controllers/k8s/control-plane/places.ts";
import type { State } from "../../src/cosi/state.ts";
import { StaticPod } from "../../src/resources/k8s/static-pod.ts";
import { compiledComponent } from "./compiled-component.ts";

/** A program that cannot start must not take a processor. */
const restartDelayMs = 200;

/** As a kubelet has it for pods that say nothing of it. */
const graceMs = 30_000;

export interface PodProcessesOptions {
  readonly components: readonly ComponentId[];
  /** Where logs are written, `<component>.log`. */
  readonly directory: string;
  /** What `$(POD_IP)` stands for. */
  readonly address: string;
  /** Instead of those of the same names, for what a host cannot give. */
  readonly flags: Readonly<Record<string, string>>;
}

/** What a kubelet would run, as plain processes of this host. */
export interface PodProcesses extends AsyncDisposable {
  /** How often a component was started. */
  starts(id: ComponentId): number;
  /** How many pods there were of a component, each another than the one before. */
  pods(id: ComponentId): number;
  log(id: ComponentId): Promise<string>;
  /** Ends a process as a crash does; it is started again. */
  crash(id: ComponentId): void;
}

interface Pod {
  readonly metadata: { readonly annotations: object };
  readonly spec: {
    readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
    readonly containers: readonly {
      readonly command: readonly string[];
      readonly env: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** Starts a process for each of the state's static pods, again when it ends or its pod changes, and ends it with it. */
export function runPods(state: State, options: PodProcessesOptions): PodProcesses {
  const running = new Map<string, PodProcess>();
  const stopping = new AbortController();
  const following = follow();

  async function follow(): Promise<void> {
    for await (const event of state.watch(StaticPod, { signal: stopping.signal })) {
      if (event.type === "errored" || !("resource" in event)) continue;
      const { id } = event.resource.metadata;
      if (!(options.components as readonly string[]).includes(id)) continue;
      const text = event.type === "destroyed" ? undefined : JSON.stringify(event.resource.spec);
      const process = running.get(id) ?? new PodProcess(id, options);
      running.set(id, process);
      await process.become(text);
    }
  }

  return {
    starts: (id) => running.get(id)?.starts ?? 0,
    pods: (id) => running.get(id)?.pods ?? 0,
    log: async (id) => {
      const file = Bun.file(join(options.directory, `${id}.log`));
      return (await file.exists()) ? file.text() : "";
    },
    crash: (id) => running.get(id)?.kill(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await following.catch(() => {});
      await Promise.all([...running.values()].map((process) => process.become(undefined)));
    },
  };
}

class PodProcess {
  starts = 0;
  pods = 0;
  readonly #id: string;
  readonly #options: PodProcessesOptions;
  #text: string | undefined;
  #child: Bun.Subprocess | undefined;

  constructor(id: string, options: PodProcessesOptions) {
    this.#id = id;
    this.#options = options;
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Runs another pod instead, or none. */
  async become(text: string | undefined): Promise<void> {
    if (text === this.#text) return;
    this.#text = text;
    if (text !== undefined) this.pods += 1;
    this.#child?.kill(text === undefined ? "SIGKILL" : "SIGTERM");
    const impatience = setTimeout(() => this.kill(), graceMs);
    await this.#child?.exited;
    clearTimeout(impatience);
    if (text !== undefined) await this.#start(text);
  }

  async #start(text: string): Promise<void> {
    const { spec }: Pod = JSON.parse(text);
    const [container] = spec.containers;
    if (container === undefined) return;
    const { directory, address, flags } = this.#options;
    const [program = "", ...args] = container.command.map((argument) => {
      const [, name = ""] = /^--([^=]+)=/.exec(argument) ?? [];
      return name in flags ? `--${name}=${flags[name]}` : argument.replaceAll("$(POD_IP)", address);
    });
    const log = openSync(join(directory, `${this.#id}.log`), "a");
    const isRoot = process.getuid?.() === 0;
    const { runAsUser: uid, runAsGroup: gid } = spec.securityContext;
    const child = Bun.spawn([await programIn(directory, basename(program)), ...args], {
      cwd: "/",
      env: Object.fromEntries(container.env.map(({ name, value = address }) => [name, value])),
      stdio: ["ignore", log, log],
      ...(isRoot ? { uid, gid } : {}),
    });
    closeSync(log);
    this.#child = child;
    this.starts += 1;
    void child.exited.then(async () => {
      await pause(restartDelayMs);
      if (this.#text === text) await this.#start(text);
    });
  }
}

/** A copy: the cache is its owner's alone, and the pods run as other users. */
async function programIn(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  if (!(await Bun.file(path).exists())) {
    await copyFile(await compiledComponent(name), path);
    await chmod(path, 0o755);
  }
  return path;
}
