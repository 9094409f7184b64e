import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { hashFile, repository } from "../../initramfs/steps/files.ts";
import { runTool } from "../../initramfs/steps/tool.ts";

const directory = await mkdtemp(join(tmpdir(), "machined-twice-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Hash of every result, by its path. */
async function build(name: string): Promise<Record<string, string>> {
  const output = join(directory, name);
  const options = ["--fresh", "--images=build", `--output=${output}`];
  await runTool({ argv: [process.execPath, join(repository, "build.ts"), ...options, "all"], cwd: repository });
  const files = (await readdir(output, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).toSorted();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [relative(output, path), await hashFile(path)])),
  );
}

test("the same inputs give the same bytes", async () => {
  const first = await build("first");
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining([
      "initramfs-amd64",
      "machined",
      "rootfs-amd64.sqsh",
      "vmlinuz-amd64",
      "image-cache/index.json",
    ]),
  );
  expect(await build("second")).toEqual(first);
}, 1_800_000);
