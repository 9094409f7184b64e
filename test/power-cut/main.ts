/**
 * Cuts the power of a virtual machine while configs are applied to it, in two ways: at every write that its disk saw
 * during the applies, afterwards, from a record; and by killing it, as often as asked. Needs root:
 * `node_modules/.bin/bun build.ts power --applies 60 --kills 5`
 */
import { parseArgs } from "node:util";
import { pause } from "../../src/async/pause.ts";
import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import { prepareStage } from "../machine/stage.ts";
import { type SavedConfig, tryMoments } from "./moments.ts";
import { recordDisk } from "./recorded-disk.ts";
import { seededRandom } from "./seeded-random.ts";
import { mortalMachine, savedConfig } from "./virtual-machine.ts";

const mebibyte = 1_024 * 1_024;
const NO_REBOOT = 2;
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

await using stage = await prepareStage();
await using disk = await recordDisk(stage.output, "recorded", 6_144 * mebibyte);
await using machine = await mortalMachine(stage, disk);
let api = await machine.create();
const base = await readText(api, savedConfig);

const saved: SavedConfig[] = [{ text: base, position: await disk.position() }];
for (let round = 1; round <= Number(values.applies); round += 1) {
  const text = variant(`apply ${round}`);
  await apply(api, text);
  saved.push({ text, position: await disk.position() });
}
const moments = await tryMoments(saved, { log: disk.log, window, directory: stage.output, random });
console.log(`${values.applies} applies, ${moments} moments: each has the old config or the new one`);

for (let kill = 1; kill <= Number(values.kills); kill += 1) {
  const begun = [await readText(api, savedConfig)];
  const applying = applyForever(api, begun, kill);
  await pause(random() * 3_000); // a random moment is what is wanted
  await machine.kill();
  await applying;
  api[Symbol.dispose]();
  api = await machine.revive();
  const found = await readText(api, savedConfig);
  if (!begun.slice(-2).includes(found)) throw new Error(`kill ${kill}: ${found.length} bytes are neither old nor new`);
  console.log(`kill ${kill}, in apply ${begun.length - 1}: the ${found === begun.at(-1) ? "new" : "old"} config`);
}
api[Symbol.dispose]();

/** A config of its own for each round, of any size. */
function variant(round: string): string {
  return `${"# padding\n".repeat(Math.floor(random() ** 4 * 20_000))}# ${round}\n${base}`;
}

async function apply(client: Client, text: string): Promise<void> {
  const request = { data: Buffer.from(text), mode: NO_REBOOT };
  await client.call("machine.MachineService/ApplyConfiguration", request, { timeoutMs: 60_000 });
}

/** Until the machine is gone. `begun` gets every config before it is sent. */
async function applyForever(client: Client, begun: string[], kill: number): Promise<void> {
  try {
    for (let round = 1; ; round += 1) {
      const text = variant(`kill ${kill}, apply ${round}`);
      begun.push(text);
      await apply(client, text);
    }
  } catch {
    // as intended
  }
}
