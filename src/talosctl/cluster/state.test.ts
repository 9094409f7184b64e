import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { clusterDirectory } from "./directory.ts";
import { lockCluster } from "./lock.ts";
import { type ClusterState, parseState, readState, writeState } from "./state.ts";

const state: ClusterState = {
  version: 1,
  name: "default",
  provisioner: "qemu",
  architecture: "amd64",
  createdAt: "2026-01-01T00:00:00.000Z",
  nodes: [
    {
      name: "default-controlplane-1",
      role: "controlplane",
      address: "10.0.2.15",
      host: "127.0.0.1",
      ports: { apid: 50_000, trustd: 50_001, kubernetes: 6_443 },
      process: { pid: 4711, startedAt: "boot/1" },
      runsOn: "KVM",
      build: "1-2 3-4",
    },
  ],
  server: { process: { pid: 4712, startedAt: "boot/2" }, port: 8080, token: "00" },
};

const inDirectory = async (work: (root: string) => Promise<void>) => {
  const root = await mkdtemp(join(tmpdir(), "machined-state-"));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

test("what was written is read back, by its owner alone", () =>
  inDirectory(async (root) => {
    const path = clusterDirectory(root, "default").state;
    expect(await readState(path)).toBeUndefined();
    await writeState(path, state);
    expect(await readState(path)).toEqual(state);
    expect((await Bun.file(path).stat()).mode & 0o777).toBe(0o600);
  }));

test("no text breaks the reader other than by an error that names the file", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((nodes) => `{"version":1,"name":"x","nodes":${nodes}}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(parseState(text, "s.json").version).toBe(1);
      } catch (error) {
        expect(String(error)).toContain('Cannot read "s.json"');
      }
    }),
  );
});

test("names that would leave the directory are refused", () => {
  for (const name of ["", "..", "a/b", "A", "-a", "a-", "x".repeat(33)]) {
    expect(() => clusterDirectory("root", name)).toThrow("as a cluster name");
  }
  expect(clusterDirectory("/clusters", "my-cluster-2").path).toBe("/clusters/my-cluster-2");
});

test("a cluster is changed by one at a time, and a lock of the dead is taken over", () =>
  inDirectory(async (root) => {
    const directory = clusterDirectory(root, "default");
    {
      await using _lock = await lockCluster(directory);
      await expect(lockCluster(directory)).rejects.toThrow(`process ${process.pid} is changing it`);
    }
    await Bun.write(`${directory.path}.lock`, JSON.stringify({ pid: process.pid, startedAt: "another boot/1" }));
    await using lock = await lockCluster(directory);
    expect(lock).toBeDefined();
  }));
