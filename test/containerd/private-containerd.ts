import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../src/async/pause.ts";
import { type Containerd, containerdOver } from "../../src/containerd/client.ts";
import { removeContainer } from "../../src/containerd/container.ts";
import { isUnavailable } from "../../src/containerd/missing.ts";
import { connect } from "../../src/grpc/client/connect.ts";

/** A containerd of the test's own. */
export interface PrivateContainerd extends AsyncDisposable {
  readonly containerd: Containerd;
  /** A directory for the test's files. */
  readonly directory: string;
  /** Kills containerd, not its containers, and starts it again. */
  crash(): Promise<void>;
}

/** Starts one with its own root, state and socket below a temporary directory, without the CRI plugin. */
export async function privateContainerd(): Promise<PrivateContainerd> {
  const directory = await mkdtemp(join(tmpdir(), "containerd-"));
  const socket = join(directory, "containerd.sock");
  const configFile = join(directory, "config.toml");
  await writeFile(configFile, config(directory, socket));
  let process = start(configFile, directory);
  const containerd = containerdOver(connect({ target: { unix: socket } }));
  await answers(containerd);
  return {
    containerd,
    directory,
    crash: async () => {
      process.kill("SIGKILL");
      await process.exited;
      process = start(configFile, directory);
      await answers(containerd);
    },
    [Symbol.asyncDispose]: async () => {
      // Containers outlive containerd; the runtime keeps them outside our directory, under their names.
      for (const { id } of await containerd.in("system").containers.list()) {
        await removeContainer(containerd.in("system"), id);
      }
      containerd.close();
      process.kill("SIGTERM");
      await process.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const start = (configFile: string, directory: string) => {
  const log = Bun.file(join(directory, "containerd.log"));
  return Bun.spawn(["containerd", "--config", configFile], { stdin: "ignore", stdout: log, stderr: log });
};

/** Waits until somebody listens: containerd tells nobody when it does. */
async function answers(containerd: Containerd): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  while (true) {
    try {
      if (await containerd.introspection.healthy()) return;
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > giveUpAt) throw error;
    }
    await pause(50);
  }
}

const config = (directory: string, socket: string) => `
version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "${socket}"
`;
