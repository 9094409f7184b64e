import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import { copy } from "./copy.ts";

const { signal } = new AbortController();

async function copied(root_path: string): Promise<Uint8Array> {
  const parts = await Array.fromAsync(copy(new machine.CopyRequest({ root_path }), { signal }));
  return Buffer.concat(parts.map(({ bytes }) => bytes ?? new Uint8Array()));
}

test("a tree survives the way through tar.gz", async () => {
  const root = await mkdtemp(join(tmpdir(), "copy-"));
  try {
    const big = Buffer.alloc(300_000, "machined ");
    await mkdir(join(root, "from/deep"), { recursive: true });
    await mkdir(join(root, "to"));
    await writeFile(join(root, "from/deep/big"), big);
    await symlink("deep/big", join(root, "from/link"));

    const unpacked = Bun.spawnSync(["tar", "-xzf", "-", "-C", join(root, "to")], {
      stdin: await copied(join(root, "from")),
    });

    expect(unpacked.exitCode).toBe(0);
    expect(await readFile(join(root, "to/deep/big"))).toEqual(big);
    expect(await readlink(join(root, "to/link"))).toBe("deep/big");
  } finally {
    await rm(root, { recursive: true });
  }
});

test("a missing root is NotFound, with its path", async () => {
  const failure = await copied("/nonexistent").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: Code.notFound });
  expect(String(failure)).toContain("/nonexistent");
});

test("a relative path is refused", async () => {
  expect(await copied("etc").catch((error: unknown) => error)).toMatchObject({ code: Code.invalidArgument });
});
