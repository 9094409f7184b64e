import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pause } from "../../src/async/pause.ts";
import { type Containerd, containerdOver } from "../../src/containerd/client.ts";
import { removeContainer } from "../../src/containerd/container.ts";
import { renderContainerdConfig } from "../../src/containerd/cri/containerd-config.ts";
import { hostsFiles } from "../../src/containerd/cri/hosts-toml.ts";
import { noRegistries } from "../../src/containerd/cri/mirrors.ts";
import { isUnavailable } from "../../src/containerd/missing.ts";
import { connect } from "../../src/grpc/client/connect.ts";
import { unpackedRootfs } from "../../src/talosctl/cluster/container/rootfs.ts";

/** A containerd of the test's own. */
export interface PrivateContainerd extends AsyncDisposable {
  readonly containerd: Containerd;
  /** A directory for the test's files. */
  readonly directory: string;
  /** Has the images of a registry asked for at a URL alone. */
  mirror(registry: string, url: string): Promise<void>;
  /** Kills containerd, not its containers, and starts it again. */
  crash(): Promise<void>;
}

/**
 * Starts the containerd of the root file system that was built, configured as on a machine, with its own root, state
 * and socket below a temporary directory.
 */
export async function privateContainerd(): Promise<PrivateContainerd> {
  const directory = await mkdtemp("/tmp/containerd-");
  const socket = join(directory, "containerd.sock");
  for (const name of ["usr", "run"]) await mkdir(join(directory, name));
  const hostsDirectory = join(directory, "hosts");
  const config = renderContainerdConfig({
    address: socket,
    root: join(directory, "root"),
    state: join(directory, "state"),
    sandboxImage: "registry.test/pause",
    hostsDirectory,
    auths: {},
  });
  await writeFile(join(directory, "config.toml"), config);
  const programs = await unpackedRootfs(join(import.meta.dir, "../../_out"), "amd64");
  let daemon = start(programs, directory);
  const containerd = containerdOver(connect({ target: { unix: socket } }));
  await answers(containerd);
  return {
    containerd,
    directory,
    mirror: async (registry, url) => {
      const endpoints = [{ endpoint: url, overridePath: false }];
      const mirrors = { [registry]: { endpoints, skipFallback: true } };
      for (const { path, content } of hostsFiles({ ...noRegistries, mirrors }, hostsDirectory)) {
        await mkdir(join(hostsDirectory, dirname(path)), { recursive: true });
        await writeFile(join(hostsDirectory, path), content);
      }
    },
    crash: async () => {
      daemon.kill("SIGKILL");
      await daemon.exited;
      daemon = start(programs, directory);
      await answers(containerd);
    },
    [Symbol.asyncDispose]: async () => {
      // Containers outlive containerd.
      for (const { id } of await containerd.in("system").containers.list()) {
        await removeContainer(containerd, id);
      }
      containerd.close();
      daemon.kill("SIGTERM");
      await daemon.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Its programs want the libraries that they were built with, so they see their own root file system, in a mount
 * namespace of its own; the host's /usr is in the directory, for containers that need a shell. So is /run, where the
 * runtime keeps containers under their names: others have some of the same.
 */
const enter = `
mount --bind "$1" "$1"
mount --bind /usr "$2/usr"
mount --bind "$2/run" "$1/run"
for each in dev proc sys tmp; do mount --rbind /$each "$1/$each"; done
exec chroot "$1" /usr/bin/containerd --config "$2/config.toml"`;

const start = (root: string, directory: string) => {
  const log = Bun.file(join(directory, "containerd.log"));
  return Bun.spawn(["unshare", "--mount", "--propagation", "private", "sh", "-ec", enter, "sh", root, directory], {
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
};

/** Waits until somebody listens: containerd tells nobody when it does. */
async function answers(containerd: Containerd): Promise<void> {
  const giveUpAt = Date.now() + 120_000;
  while (true) {
    try {
      if (await containerd.introspection.healthy()) return;
    } catch (error) {
      if (!isUnavailable(error) || Date.now() > giveUpAt) throw error;
    }
    await pause(50);
  }
}
