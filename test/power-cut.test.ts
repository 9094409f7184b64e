import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentsOf } from "../src/block/contents.ts";
import { formatXfs } from "../src/block/xfs.ts";
import { parseMachineConfig } from "../src/config/index.ts";
import { testConfig } from "../src/config/testing.ts";
import { memoryState } from "../src/cosi/memory/memory-state.ts";
import { attachLoop } from "../src/linux/loop.ts";
import { mount, unmount } from "../src/linux/mount.ts";
import { createSpawner } from "../src/linux/spawner/spawner.ts";
import { prepareDisk } from "../src/machined/boot/prepare-disk.ts";
import { MachineConfiguration } from "../src/machined/configuration/configuration.ts";
import { tryMoments } from "./power-cut/moments.ts";
import { withMounted } from "./power-cut/mounted-image.ts";
import { canRecord, recordDisk } from "./power-cut/recorded-disk.ts";
import { Replay } from "./power-cut/replay.ts";
import { seededRandom } from "./power-cut/seeded-random.ts";

const mebibyte = 1_024 * 1_024;
/** One moment in so many is tried; POWER_CUT_STEP=1 tries each. */
const step = Number(process.env.POWER_CUT_STEP ?? 3);
const canTest = canRecord && process.getuid?.() === 0;
const directory = mkdtempSync(join(tmpdir(), "power-cut-"));
const spawner = await createSpawner({ drop: "module-and-boot" });
afterAll(() => {
  spawner[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

/** The real code on a real file system, whose disk remembers every write; then the power is cut at each of them. */
describe.if(canTest)("a power cut", () => {
  test("while configs are applied leaves the old one or the new one, whole", async () => {
    const window = { offsetBytes: 0, lengthBytes: 100 * mebibyte };
    await using disk = await recordDisk(directory, "applies", window.lengthBytes);
    const saved: { text: string; position: number }[] = [];
    {
      using device = attachLoop(disk.path, { readOnly: false });
      await formatXfs(spawner, device.path, { label: "STATE", isSmall: true });
      const target = join(directory, "state");
      mkdirSync(target);
      mount({ source: device.path, target, type: "xfs" });
      try {
        for await (const text of applies(target)) saved.push({ text, position: await disk.position() });
      } finally {
        unmount(target);
      }
    }
    const options = { log: disk.log, window, directory, random: seededRandom(1), step };
    expect(await tryMoments(saved, options)).toBeGreaterThan(200 / step);
  }, 600_000);

  test("while a disk is prepared leaves one that is blank, or begun, or done", async () => {
    const sizeBytes = 600 * mebibyte;
    await using disk = await recordDisk(directory, "prepare", sizeBytes);
    await prepare(disk.path);
    const window = { offsetBytes: 0, lengthBytes: sizeBytes };
    using replay = new Replay({ log: disk.log, window, scratch: join(directory, "prepare"), random: seededRandom(2) });
    const seen = new Set<string>();
    const last = replay.requests.length;
    // What is interesting is at the ends: the claim and the table, and the release.
    const moments = Array.from({ length: last + 1 }, (_, count) => count).filter(
      (count) => count < 16 || count > last - 8 || count % 12 === 0,
    );
    for (const count of moments) {
      const image = replay.cutAfter(count);
      const contents = contentsOf(image);
      // Only a finished disk is ours to mount.
      if (contents.kind === "used") await expectFinished(image);
      if (contents.kind === "claimed" && (count % 48 === 0 || !seen.has("claimed"))) {
        copyFileSync(image, join(directory, "again"));
        await prepare(join(directory, "again"));
        await expectFinished(join(directory, "again"));
      }
      seen.add(contents.kind);
    }
    expect([...seen]).toEqual(["blank", "claimed", "used"]);
  }, 600_000);
});

/** Applies configs of all sizes, and yields each when it was confirmed. */
async function* applies(target: string): AsyncGenerator<string> {
  const configuration = new MachineConfiguration({
    state: memoryState(),
    log: () => {},
    mode: "metal",
    reboot: () => {},
    directory: target,
  });
  const first = testConfig("worker");
  await configuration.acquired(parseMachineConfig(first), "platform");
  yield first;
  const random = seededRandom(3);
  for (let round = 1; round <= 36; round += 1) {
    const padding = "# padding\n".repeat(Math.floor(random() ** 4 * 20_000));
    const text = `${padding}${first.replace("machine:", `machine:\n    sysctls:\n        vm.swappiness: "${round}"`)}`;
    await configuration.apply({ text, mode: "noReboot", dryRun: false, tryTimeoutMs: 0 });
    yield text;
  }
}

/** Prepares a disk whose partitions this host's kernel may not know how to find by itself. */
async function prepare(image: string): Promise<void> {
  using device = attachLoop(image, { readOnly: false, partitions: true });
  const partx = (action: string) => Bun.spawnSync(["partx", action, device.path], { stderr: "ignore" });
  try {
    const showPartitions = async () => void partx("--update");
    await prepareDisk(device.path, { spawner, signal: new AbortController().signal, showPartitions });
  } finally {
    partx("--delete");
  }
}

async function expectFinished(image: string): Promise<void> {
  expect(contentsOf(image)).toEqual({ kind: "used", by: "the partitions META, STATE, EPHEMERAL" });
  const state = join(directory, "state-partition");
  const copied = Bun.spawnSync(["dd", `if=${image}`, `of=${state}`, "bs=1M", "skip=2", "count=100", "conv=sparse"], {
    stderr: "pipe",
  });
  expect(copied.exitCode).toBe(0);
  expect(await withMounted(state, join(directory, "look"), () => true)).toBe(true);
  rmSync(state);
}
