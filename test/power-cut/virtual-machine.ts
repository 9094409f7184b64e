import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "../../src/talosctl/client/client.ts";
import { parseState } from "../../src/talosctl/cluster/state.ts";
import { openApi, readText } from "../machine/api.ts";
import { run } from "../machine/machine.ts";
import type { Stage } from "../machine/stage.ts";
import { eventually } from "../support/eventually.ts";
import type { RecordedDisk } from "./recorded-disk.ts";

/** A machine in QEMU on a disk of ours, which dies and comes back. */
export interface MortalMachine extends AsyncDisposable {
  /** From nothing: returns when it works. */
  create(): Promise<Client>;
  /** The power goes. */
  kill(): Promise<void>;
  /** From its disk: returns when its API answers. */
  revive(): Promise<Client>;
}

/** Where a machine keeps its config. */
export const savedConfig = "/system/state/config.yaml";

export async function mortalMachine(stage: Stage, disk: RecordedDisk): Promise<MortalMachine> {
  const name = `power-${process.pid}`;
  const directory = join(stage.clusters, name);
  const diskPath = join(directory, `disk-${name}-controlplane-1.raw`);
  await mkdir(directory, { recursive: true });
  await symlink(disk.path, diskPath);
  const command = (verb: string, ...args: string[]) => [
    ...[join(stage.output, "talosctl"), "cluster", verb, "--name", name, "--state", stage.clusters],
    ...args,
  ];
  const create = command("create", "--skip-k8s-node-readiness-check", "--output-directory", stage.output);
  const talosconfig = join(directory, "talosconfig");
  return {
    async create() {
      const { code, stderr } = await run(create);
      if (code !== 0) throw new Error(stderr);
      return await openApi(talosconfig);
    },
    async kill() {
      const path = join(directory, "state.json");
      const pid = parseState(await readFile(path, "utf8"), path).nodes[0]?.process.pid;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
    async revive() {
      const creating = Bun.spawn(create, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
      try {
        const api = await openApi(talosconfig);
        await eventually(
          () => readText(api, savedConfig),
          (text) => text !== "",
          { timeoutMs: 300_000, intervalMs: 1_000 },
        );
        return api;
      } finally {
        creating.kill(); // it would wait for services, too
        await creating.exited;
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(diskPath, { force: true });
      await run(command("destroy", "--force"));
    },
  };
}
