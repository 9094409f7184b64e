import { chown, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { bind, type ContainerSpec } from "../../containerd/spec/build.ts";
import { Failure } from "../../errors/failure.ts";
import type { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { container } from "../containers/container.ts";
import { createLogStore } from "../logs/log-store.ts";
import type { RunEnd } from "../supervisor/runner.ts";
import type { ServiceHost } from "../supervisor/service.ts";
import { clusterFlags } from "./etcd-container.ts";
import { etcdDataDirectory, etcdSnapshotFile, etcdUser, makeEtcdData } from "./etcd-data.ts";

/** Where the data is made, to be moved to its place whole: etcd would begin with half of it as if that was all. */
const workDirectory = `${etcdDataDirectory}.restore`;
const name = "etcd-restore";

export interface Restore {
  readonly spec: EtcdSpec;
  readonly skipHashCheck: boolean;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/**
 * Makes data of the snapshot that was uploaded: that of a new cluster, of which this machine is the only member.
 * @throws Failure with the tool's last words; there is no data then, and the snapshot is there still.
 */
export async function restoreSnapshot(host: ServiceHost, { spec, skipHashCheck, signal, report }: Restore) {
  await rm(workDirectory, { recursive: true, force: true });
  await makeEtcdData(workDirectory);
  await chown(etcdSnapshotFile, etcdUser, etcdUser);
  const log = createLogStore().open(name);
  const plan = { image: spec.image, spec: () => restoreContainer(spec, skipHashCheck) };
  const run = await container({ plan: async () => plan })(host).start({ id: name, log, signal, report });
  const onAbort = () => void run.kill("SIGKILL");
  signal.addEventListener("abort", onAbort, { once: true });
  let end: RunEnd;
  try {
    end = await run.ended;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
  if (end.code !== 0) {
    await rm(workDirectory, { recursive: true, force: true });
    throw new Failure(`Cannot restore etcd from its snapshot: ${log.lastLines(1)[0] ?? `exit code ${end.code}`}`);
  }
  await rename(workDirectory, etcdDataDirectory);
  await syncDirectory(dirname(etcdDataDirectory));
  await rm(etcdSnapshotFile, { force: true });
}

/** etcd's own tool, from its own image: it writes what that version of etcd reads. */
export const restoreContainer = (spec: EtcdSpec, skipHashCheck: boolean): ContainerSpec => ({
  args: [
    ...["/usr/local/bin/etcdutl", "snapshot", "restore", etcdSnapshotFile, `--data-dir=${workDirectory}`],
    ...clusterFlags(spec),
    ...(skipHashCheck ? ["--skip-hash-check"] : []),
  ],
  env: {},
  uid: etcdUser,
  gid: etcdUser,
  isolate: ["pid", "ipc", "uts", "network"],
  cgroup: "/podruntime/etcd",
  mounts: [bind(etcdSnapshotFile, etcdSnapshotFile, "ro"), bind(workDirectory, workDirectory, "rw")],
});

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
