import { writeFileSync } from "node:fs";
import { constants } from "node:os";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { scrubbed } from "../environment.ts";
import { close, OpenFlag, open, pipe } from "../file-descriptor.ts";
import type { Confinement } from "./confinement.ts";
import type { Child, Drop, Reply, Request } from "./messages.ts";
import { readPipe } from "./output.ts";
import { workerLocation } from "./worker-location.ts";

export interface SpawnOptions {
  /** Absolute path of the program, then its arguments. */
  readonly argv: readonly string[];
  /** The whole environment; ours without the engine's variables by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** "/" by default. */
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Absolute path of an existing cgroup directory: the process starts inside it. */
  readonly cgroup?: string;
  /** -1000 to 1000; children inherit it. */
  readonly oomScoreAdjust?: number;
  /** Gives the process a session and process group of its own. */
  readonly session?: boolean;
}

export interface Exit {
  /** Undefined when a signal ended the process. */
  readonly code: number | undefined;
  /** Such as `SIGKILL`. */
  readonly signal: string | undefined;
}

export interface Spawned {
  readonly pid: number;
  /** Never rejects. Both members undefined: the spawner ended first, and the status with it. */
  readonly exited: Promise<Exit>;
  /** stdout and stderr in the order written. Read it or cancel it: a full pipe stops the process. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Does nothing when the process has ended. */
  kill(signal: NodeJS.Signals | number): void;
}

/** Starts processes that can never have certain capabilities. */
export interface Spawner extends Disposable {
  /** @throws Failure naming the program. */
  spawn(options: SpawnOptions): Promise<Spawned>;
}

export interface SpawnerOptions {
  /** What no child can have: CAP_SYS_MODULE and CAP_SYS_BOOT, or any capability at all. */
  readonly drop: Drop;
  readonly confine?: Confinement;
}

/**
 * A thread that has given up rights for good, and starts processes from there: children inherit what is left, without
 * a wrapper program, and their statuses are out of the reach of the main thread's reaper.
 */
export async function createSpawner(options: SpawnerOptions): Promise<Spawner> {
  const spawner = new WorkerSpawner();
  await spawner.prepare(options);
  return spawner;
}

interface Pending {
  readonly started: PromiseWithResolvers<number>;
  readonly exited: PromiseWithResolvers<Exit>;
}

class WorkerSpawner implements Spawner {
  readonly #worker = new Worker(workerLocation());
  readonly #children = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  #lastId = 0;
  #ended = false;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data);
    this.#worker.onerror = ({ message }) => this.#end(message);
    this.#worker.addEventListener("close", () => this.#end("its thread ended"));
  }

  async prepare({ drop, confine }: SpawnerOptions): Promise<void> {
    this.#send({ kind: "prepare", drop, confine });
    await this.#ready.promise;
  }

  async spawn(options: SpawnOptions): Promise<Spawned> {
    const [program] = options.argv;
    if (program === undefined) throw new Failure("Cannot start a process: its command line is empty");
    if (this.#ended) throw new Failure(`Cannot start "${program}": the spawner has ended`);
    this.#lastId += 1;
    const id = this.#lastId;
    const pending: Pending = { started: Promise.withResolvers(), exited: Promise.withResolvers() };
    const cgroupFd = options.cgroup === undefined ? undefined : open(options.cgroup, OpenFlag.directory);
    const { readable, writable } = pipe();
    try {
      this.#children.set(id, pending);
      this.#send({ kind: "spawn", id, child: childOf(options, writable, cgroupFd) });
      const pid = await pending.started.promise;
      if (options.oomScoreAdjust !== undefined) adjustOomScore(pid, options.oomScoreAdjust);
      return {
        pid,
        exited: pending.exited.promise,
        output: readPipe(readable),
        kill: (signal) => this.#kill(id, signal),
      };
    } catch (cause) {
      this.#kill(id, "SIGKILL");
      close(readable);
      throw new Failure(`Cannot start "${program}"`, { cause });
    } finally {
      // Ours would keep the output open after the child's end.
      close(writable);
      if (cgroupFd !== undefined) close(cgroupFd);
    }
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#end("it was closed");
  }

  #kill(id: number, signal: NodeJS.Signals | number): void {
    if (this.#ended) return;
    this.#send({ kind: "kill", id, signal: typeof signal === "number" ? signal : constants.signals[signal] });
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }

  #receive(reply: Reply): void {
    if (reply.kind === "ready") this.#ready.resolve();
    else if (reply.kind === "unready") this.#ready.reject(new Failure(`Cannot prepare the spawner: ${reply.error}`));
    else this.#receiveOf(reply);
  }

  #receiveOf(reply: Exclude<Reply, { kind: "ready" | "unready" }>): void {
    const pending = this.#children.get(reply.id);
    if (reply.kind === "started") pending?.started.resolve(reply.pid);
    if (reply.kind === "failed") pending?.started.reject(new Error(reply.error));
    if (reply.kind === "exited") pending?.exited.resolve({ code: reply.code, signal: reply.signal });
    if (reply.kind !== "started") this.#children.delete(reply.id);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ready.reject(new Failure(`Cannot use the spawner: ${reason}`));
    for (const { started, exited } of this.#children.values()) {
      started.reject(new Error(`the spawner ended: ${reason}`));
      exited.resolve({ code: undefined, signal: undefined });
    }
    this.#children.clear();
  }
}

function childOf(options: SpawnOptions, outputFd: number, cgroupFd: number | undefined): Child {
  const { argv, cwd = "/", uid, gid, session = false } = options;
  return { argv, env: options.env ?? scrubbed(process.env), cwd, uid, gid, session, outputFd, cgroupFd };
}

function adjustOomScore(pid: number, score: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(score));
  } catch (thrown) {
    // EACCES: a machine in a container may not protect its processes; ENOENT, ESRCH: it has ended already.
    if (!["EACCES", "ENOENT", "ESRCH"].includes(codeOf(thrown) ?? "")) throw thrown;
  }
}
