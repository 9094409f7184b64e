import { chown, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { bind, type ContainerSpec } from "../../containerd/spec/build.ts";
import { Failure } from "../../errors/failure.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import type { ContainerRunnerOptions } from "../containers/container.ts";
import { createLogStore } from "../logs/log-store.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { RunContext, RunEnd, Runner } from "../supervisor/runner.ts";
import type { ServiceHost } from "../supervisor/service.ts";
import { clusterFlags } from "./container.ts";
import { type EtcdPlace, etcdUser, makeEtcdData, snapshotOf } from "./place.ts";

const name = "etcd-restore";

/** What makes runs of containers: `container`, or, for tests, what runs their programs as they are. */
export type ContainerRunner = (options: ContainerRunnerOptions) => (host: ServiceHost) => Runner;

export interface Restore extends Pick<RunContext, "signal" | "report"> {
  readonly place: EtcdPlace;
  readonly runner: ContainerRunner;
  readonly skipHashCheck: boolean;
}

/**
 * Makes data of the snapshot that was uploaded: that of a new cluster, of which this machine is the only member.
 * @throws Failure with the tool's last words; there is no data then, and the snapshot is there still.
 */
export async function restoreSnapshot(host: ServiceHost, restore: Restore): Promise<void> {
  const { place, signal } = restore;
  const work = workOf(place);
  await rm(work, { recursive: true, force: true });
  await makeEtcdData(work);
  await chown(snapshotOf(place), etcdUser, etcdUser);
  const { end, lastLine } = await runToEnd(host, restore);
  signal.throwIfAborted();
  if (end.code !== 0) {
    await rm(work, { recursive: true, force: true });
    throw new Failure(`Cannot restore etcd from its snapshot: ${lastLine ?? `exit code ${end.code}`}`);
  }
  // There may be what a start has left that did not get far.
  await rm(place.data, { recursive: true, force: true });
  await rename(work, place.data);
  await syncDirectory(dirname(place.data));
  await rm(snapshotOf(place), { force: true });
}

async function runToEnd(host: ServiceHost, { place, runner, skipHashCheck, signal, report }: Restore) {
  const spec = await whenResource(host.state, EtcdSpec, "etcd", () => true, signal);
  const log = createLogStore().open(name);
  const plan = { image: spec.image, spec: () => restoreContainer(spec, place, skipHashCheck) };
  const run = await runner({ plan: async () => plan })(host).start({ id: name, log, signal, report });
  const onAbort = () => void run.kill("SIGKILL");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const end: RunEnd = await run.ended;
    return { end, lastLine: log.lastLines(1)[0] };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Where the data is made, to be moved to its place whole: etcd would begin with half of it as if that was all. */
const workOf = ({ data }: EtcdPlace): string => `${data}.restore`;

/** etcd's own tool, from its own image: it writes what that version of etcd reads. */
export const restoreContainer = (spec: EtcdSpec, place: EtcdPlace, skipHashCheck: boolean): ContainerSpec => ({
  args: [
    ...["/usr/local/bin/etcdutl", "snapshot", "restore", snapshotOf(place), `--data-dir=${workOf(place)}`],
    ...clusterFlags(spec),
    ...(skipHashCheck ? ["--skip-hash-check"] : []),
  ],
  env: {},
  uid: etcdUser,
  gid: etcdUser,
  isolate: ["pid", "ipc", "uts", "network"],
  cgroup: "/podruntime/etcd",
  mounts: [bind(snapshotOf(place), snapshotOf(place), "ro"), bind(workOf(place), workOf(place), "rw")],
});

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
