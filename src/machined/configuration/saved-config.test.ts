import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../async/pause.ts";
import { SavedConfig } from "./saved-config.ts";
import { texts } from "./testing/torn-texts.ts";

const kills = Number(process.env.CRASH_KILLS ?? 200);
const atOnce = 4;
const parent = await mkdtemp(join(tmpdir(), "saved-config-"));
afterAll(() => rm(parent, { recursive: true }));

/** Kills a process while it saves; what is saved then. */
async function kill(directory: string): Promise<string | undefined> {
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, "testing/endless-writer.ts"), directory], {
    stdout: "pipe",
    stderr: "inherit",
  });
  await writer.stdout.getReader().read();
  await pause(Math.random() * 4);
  writer.kill("SIGKILL");
  await writer.exited;
  return await new SavedConfig(directory).read();
}

test(`whatever writes is killed ${kills} times, and one config or the other is there, whole`, async () => {
  let cutShort = 0;
  const killOften = async () => {
    const directory = await mkdtemp(join(parent, "state-"));
    for (let left = kills / atOnce; left > 0; left -= 1) {
      expect(texts as readonly (string | undefined)[]).toContain(await kill(directory));
      const names = await readdir(directory);
      cutShort += names.length - 1;
      await new SavedConfig(directory).clean();
      expect(await readdir(directory)).toEqual(["config.yaml"]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, killOften));
  // Else the kills all came between two writes, and nothing is shown.
  expect(cutShort).toBeGreaterThan(kills / 20);
}, 60_000);

test("nothing is saved where there is nothing", async () => {
  const saved = new SavedConfig(join(parent, "none"));
  expect(await saved.read()).toBeUndefined();
  await saved.clean();
  await saved.write("version: v1alpha1\n");
  expect(await saved.read()).toBe("version: v1alpha1\n");
});

test("a config is saved, at whatever moment another directory takes the place of its own", async () => {
  for (let round = 0; round < 60; round += 1) {
    const [before, after] = await Promise.all([mkdtemp(join(parent, "a-")), mkdtemp(join(parent, "b-"))]);
    const [place, next] = [join(parent, `place-${round}`), join(parent, `next-${round}`)];
    await Promise.all([symlink(before, place), symlink(after, next)]);
    const writing = new SavedConfig(place).write("saved").then(() => "", String);
    // A moment later in each round: to write takes several turns of the event loop.
    for (let turn = 0; turn < round % 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await rename(next, place);
    expect(await writing).toBe("");
    const saved = await Promise.all([before, after].map((directory) => new SavedConfig(directory).read()));
    expect(saved).toContain("saved");
  }
});
