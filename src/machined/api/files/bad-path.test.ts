import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import { copy } from "./copy.ts";
import { diskUsage } from "./disk-usage.ts";
import { list } from "./list.ts";
import { read } from "./read.ts";

const { signal } = new AbortController();
const methods = {
  read: (path: string) => read(new machine.ReadRequest({ path })),
  list: (root: string) => list(new machine.ListRequest({ root }), { signal }),
  copy: (root_path: string) => copy(new machine.CopyRequest({ root_path }), { signal }),
  usage: (path: string) => diskUsage(new machine.DiskUsageRequest({ paths: [path] }), { signal }),
};

const outcome = (messages: AsyncIterable<unknown>): Promise<unknown> =>
  Array.fromAsync(messages).catch((thrown: unknown) => thrown);

for (const [name, method] of Object.entries(methods)) {
  test(`${name} refuses what is no absolute path, and names it`, async () => {
    for (const path of ["etc/hosts", "../etc", "/etc/\0hosts"]) {
      const thrown = await outcome(method(path));
      expect(thrown).toMatchObject({ code: Code.invalidArgument });
      expect(String(thrown)).toContain(JSON.stringify(path));
    }
  });

  test(`${name} tells of a path that is not there, and names it`, async () => {
    const told = await outcome(method("/nonexistent/x"));
    expect(told instanceof Error ? told.message : JSON.stringify(told)).toMatch(/ENOENT.*\/nonexistent\/x/);
  });
}

test("read refuses what is no file, without waiting for it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "read-"));
  try {
    const pipe = join(directory, "pipe");
    expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
    for (const path of [directory, pipe, "/dev/null"]) {
      expect(await outcome(methods.read(path))).toMatchObject({
        code: Code.invalidArgument,
        message: "path must be a regular file",
      });
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("read gives files that claim to be empty whole", async () => {
  const parts = (await Array.fromAsync(methods.read("/proc/self/status"))).map(({ bytes }) => Buffer.from(bytes ?? []));
  expect(Buffer.concat(parts).toString()).toMatch(/^Name:.*\n/);
});
