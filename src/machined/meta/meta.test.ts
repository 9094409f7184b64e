import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { messageOf } from "../../errors/message.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { MetaLoad } from "../../resources/runtime/meta-load.ts";
import { Meta } from "./meta.ts";

const directory = mkdtempSync(join(tmpdir(), "machine-meta-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made = 0;
function partition(): string {
  const path = join(directory, `partition-${made++}`);
  writeFileSync(path, new Uint8Array(1_024 * 1_024));
  return path;
}

/** A machine that has just been switched on; the partition may come later. */
async function boot(where: { path: string | undefined }) {
  const state = memoryState();
  const logged: string[] = [];
  const meta = new Meta({ state, log: (_level, text) => void logged.push(text), find: () => where.path });
  await meta.load();
  const values = async () =>
    Object.fromEntries((await state.list(MetaKey)).map(({ metadata, spec }) => [metadata.id, spec.value]));
  return { meta, state, logged, values };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("values outlive a reboot, and are seen under their tags", async () => {
  const where = { path: partition() };
  const first = await boot(where);
  await first.meta.write(0x0a, bytes("links: []"));
  await first.meta.write(0x0b, bytes("code"));
  expect(await first.meta.delete(0x0b)).toBe(true);
  expect(await first.meta.delete(0x0b)).toBe(false);
  const second = await boot(where);
  expect(await second.values()).toEqual({ "0x0a": "links: []" });
  expect((await second.state.get(MetaLoad, "meta-loaded"))?.spec.done).toBe(true);
});

test("what is set before there is a disk is stored when there is one", async () => {
  const where: { path: string | undefined } = { path: undefined };
  const { meta, values } = await boot(where);
  await meta.write(0x10, bytes("mine"));
  expect(await values()).toEqual({ "0x10": "mine" });
  where.path = partition();
  meta.store();
  expect(await (await boot(where)).values()).toEqual({ "0x10": "mine" });
});

test("what cannot be stored is not shown either", async () => {
  const { meta, values } = await boot({ path: undefined });
  const tooMuch = await meta.write(0x10, new Uint8Array(300_000)).catch(messageOf);
  expect(tooMuch).toStartWith("Cannot store META's values");
  const other = await boot({ path: join(directory, "nowhere") });
  expect(other.logged.join()).toStartWith("Cannot open");
  expect(await other.meta.write(0x10, bytes("mine")).catch(messageOf)).toStartWith("Cannot open");
  expect([await values(), await other.values()]).toEqual([{}, {}]);
});
