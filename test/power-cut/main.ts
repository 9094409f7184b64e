/**
 * Cuts the power of a virtual machine while configs are applied to it, in two ways: at every write that its disk saw
 * during the applies, afterwards, from a record; and by killing it, as often as asked. Needs root and what was built:
 * `node_modules/.bin/bun build.ts power --applies 60 --kills 5`
 */
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pause } from "../../src/async/pause.ts";
import type { Client } from "../../src/talosctl/client/client.ts";
import { parseState } from "../../src/talosctl/cluster/state.ts";
import { openApi, readText } from "../machine/api.ts";
import { run } from "../machine/machine.ts";
import { prepareStage } from "../machine/stage.ts";
import { tryMoments } from "./moments.ts";
import { recordDisk } from "./recorded-disk.ts";
import { seededRandom } from "./seeded-random.ts";

const mebibyte = 1_024 * 1_024;
const { values } = parseArgs({
  options: {
    applies: { type: "string", default: "60" },
    kills: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
  },
});
const random = seededRandom(Number(values.seed));
/** STATE on a disk of ours. */
const window = { offsetBytes: 2 * mebibyte, lengthBytes: 100 * mebibyte };
const name = `power-${process.pid}`;
const node = "controlplane-1";

await using stage = await prepareStage();
const directory = join(stage.clusters, name);
await mkdir(directory, { recursive: true });
await using disk = await recordDisk(stage.output, "recorded", 6_144 * mebibyte);
await symlink(disk.path, join(directory, `disk-${node}.raw`));
const cluster = (verb: string, ...args: string[]) =>
  run([join(stage.output, "talosctl"), "cluster", verb, "--name", name, "--state", stage.clusters, ...args]);

/** Brings the machine up, from nothing or from its disk. */
async function boot(): Promise<Client> {
  const created = await cluster("create", "--output-directory", stage.output);
  if (created.code !== 0) throw new Error(created.stderr);
  return await openApi(join(directory, "talosconfig"));
}

const pidOf = async () => {
  const path = join(directory, "state.json");
  return parseState(await readFile(path, "utf8"), path).nodes[0]?.process.pid ?? 0;
};

/** A config of its own for each round, of any size. */
function variant(base: string, round: number): string {
  const padding = "# padding\n".repeat(Math.floor(random() ** 4 * 20_000));
  return `${padding}# round ${round}\n${base}`;
}

const apply = (api: Client, text: string) =>
  api.call(
    "machine.MachineService/ApplyConfiguration",
    { data: Buffer.from(text), mode: 2 },
    {
      timeoutMs: 60_000,
    },
  );

let api = await boot();
try {
  const base = await readText(api, "/system/state/config.yaml");
  const saved = [{ text: base, position: await disk.position() }];
  for (let round = 1; round <= Number(values.applies); round += 1) {
    const text = variant(base, round);
    await apply(api, text);
    saved.push({ text, position: await disk.position() });
  }
  const options = { log: disk.log, window, directory: stage.output, random };
  console.log(
    `${values.applies} applies: ${await tryMoments(saved, options)} moments, each the old config or the new one`,
  );
  for (let kill = 1; kill <= Number(values.kills); kill += 1) {
    const begun = [await readText(api, "/system/state/config.yaml")];
    const pid = await pidOf();
    const applying = (async () => {
      for (let round = 1; ; round += 1) {
        begun.push(variant(base, kill * 10_000 + round));
        await apply(api, begun.at(-1) ?? "");
      }
    })().catch(() => undefined);
    await pause(random() * 3_000); // a random moment is what is wanted
    process.kill(pid, "SIGKILL");
    await applying;
    api[Symbol.dispose]();
    api = await boot();
    const found = await readText(api, "/system/state/config.yaml");
    if (!begun.slice(-2).includes(found))
      throw new Error(`kill ${kill}: ${found.length} bytes are neither old nor new`);
    console.log(
      `kill ${kill}: after ${begun.length - 1} applies, the ${found === begun.at(-1) ? "new" : "old"} config`,
    );
  }
} finally {
  api[Symbol.dispose]();
  await rm(join(directory, `disk-${node}.raw`), { force: true });
  await cluster("destroy", "--force");
}
