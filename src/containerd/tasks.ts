import { containerd, google } from "../proto/containerd.ts";
import { type CallOptions, type Calls, methodsOf } from "./calls.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";
import type { SnapshotMount } from "./snapshots.ts";
import { dateOf } from "./timestamp.ts";

const v1 = containerd.services.tasks.v1;
const method = methodsOf("containerd.services.tasks.v1.Tasks");
const create = method("Create", v1.CreateTaskRequest, v1.CreateTaskResponse);
const start = method("Start", v1.StartRequest, v1.StartResponse);
const wait = method("Wait", v1.WaitRequest, v1.WaitResponse);
const kill = method("Kill", v1.KillRequest, google.protobuf.Empty);
const remove = method("Delete", v1.DeleteTaskRequest, v1.DeleteResponse);
const get = method("Get", v1.GetRequest, v1.GetResponse);
const list = method("List", v1.ListTasksRequest, v1.ListTasksResponse);
const listPids = method("ListPids", v1.ListPidsRequest, v1.ListPidsResponse);

export type TaskStatus = "unknown" | "created" | "running" | "stopped" | "paused" | "pausing";

/** The running side of a container. */
export interface TaskRecord {
  readonly containerId: string;
  readonly pid: number;
  readonly status: TaskStatus;
  /** Meaningful once stopped; 128 and more is a signal. */
  readonly exitStatus: number;
  readonly exitedAt: Date;
}

export interface NewTask {
  readonly containerId: string;
  readonly mounts: readonly SnapshotMount[];
  /** Paths of named pipes, or `file://` URIs to append to. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Tasks {
  get(containerId: string): Promise<TaskRecord | undefined>;
  list(): Promise<TaskRecord[]>;
  /** Makes the process, which then waits to be started. @returns its pid */
  create(task: NewTask, options?: CallOptions): Promise<number>;
  start(containerId: string): Promise<void>;
  /** Resolves with the exit status once the process has ended. @throws StatusError notFound */
  wait(containerId: string, signal?: AbortSignal): Promise<number>;
  /** A process that has ended is fine. */
  kill(containerId: string, signal: number, options?: { readonly all?: boolean }): Promise<void>;
  /** Removes a process that has ended. A missing one is fine. */
  delete(containerId: string): Promise<void>;
  /** Every process in the container, in PID 1's numbers. */
  pids(containerId: string): Promise<number[]>;
}

/** Starting a shim and a runtime takes seconds on a busy, emulated machine. */
const startTimeoutMs = 120_000;

export const tasksOf = (calls: Calls): Tasks => ({
  get: async (container_id) => {
    const response = await orUndefinedWhenNotFound(calls.unary(get, { container_id }));
    // Get names the container in `id` or `container_id`, depending on containerd's version.
    return response?.process == null ? undefined : { ...decode(response.process), containerId: container_id };
  },
  list: async () => (await calls.unary(list, {})).tasks.map(decode),
  create: async ({ containerId, mounts, stdout, stderr }, options = {}) => {
    const request = { container_id: containerId, rootfs: [...mounts], stdout, stderr };
    return (await calls.unary(create, request, { timeoutMs: startTimeoutMs, ...options })).pid;
  },
  start: async (container_id) => void (await calls.unary(start, { container_id }, { timeoutMs: startTimeoutMs })),
  wait: async (container_id, signal) => {
    const options = { timeoutMs: Number.POSITIVE_INFINITY, ...(signal === undefined ? {} : { signal }) };
    return (await calls.unary(wait, { container_id }, options)).exit_status;
  },
  kill: async (container_id, signal, { all = false } = {}) => {
    await orUndefinedWhenNotFound(calls.unary(kill, { container_id, signal, all }));
  },
  delete: async (container_id) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { container_id }, { timeoutMs: startTimeoutMs }));
  },
  pids: async (container_id) => (await calls.unary(listPids, { container_id })).processes.map(({ pid }) => pid),
});

const statuses: readonly TaskStatus[] = ["unknown", "created", "running", "stopped", "paused", "pausing"];

const decode = (wire: containerd.v1.types.Process): TaskRecord => ({
  containerId: wire.container_id === "" ? wire.id : wire.container_id,
  pid: wire.pid,
  status: statuses[wire.status] ?? "unknown",
  exitStatus: wire.exit_status,
  exitedAt: dateOf(wire.exited_at),
});
