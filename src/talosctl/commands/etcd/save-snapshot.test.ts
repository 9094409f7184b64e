import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveSnapshot } from "./save-snapshot.ts";

const database = new Uint8Array(1_024).fill(7);
const snapshot = Buffer.concat([database, new Bun.CryptoHasher("sha256").update(database).digest()]);

async function* inPieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 100) yield { message: { bytes: bytes.subarray(at, at + 100) } };
}

test("a snapshot takes its place whole, for its owner alone", async () => {
  const directory = await mkdtemp(join(tmpdir(), "snapshot-"));
  const path = join(directory, "etcd.snapshot");
  expect(await saveSnapshot(path, inPieces(snapshot))).toBe(snapshot.length);
  expect(await readFile(path)).toEqual(snapshot);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(["etcd.snapshot"]);
});

test.each([
  ["that ends too early", snapshot.subarray(0, 700), "no hash at its end"],
  ["with a flipped bit", Buffer.concat([Buffer.of(6), snapshot.subarray(1)]), "its hash does not fit"],
])("a snapshot %s leaves what was there", async (_, bytes, problem) => {
  const directory = await mkdtemp(join(tmpdir(), "snapshot-"));
  const path = join(directory, "etcd.snapshot");
  await writeFile(path, "yesterday's");
  expect(await saveSnapshot(path, inPieces(bytes)).catch((thrown) => thrown.message)).toContain(problem);
  expect(await readFile(path, "utf8")).toBe("yesterday's");
  expect(await readdir(directory)).toEqual(["etcd.snapshot"]);
});
