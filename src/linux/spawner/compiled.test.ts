import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

test("in a compiled binary the Worker is found, and the binary starts confined", async () => {
  const directory = mkdtempSync(join(tmpdir(), "compiled-"));
  const binary = join(directory, "probe");
  const root = join(import.meta.dir, "../..");
  const entryPoints = [join(import.meta.dir, "../testing/compiled-probe.ts"), join(import.meta.dir, "worker.ts")];
  const flags = ["--compile", "--bytecode", "--format=esm", "--no-compile-autoload-dotenv", "--root", root];
  try {
    const build = Bun.spawnSync([process.execPath, "build", ...flags, ...entryPoints, "--outfile", binary]);
    expect(build.exitCode, build.stderr.toString()).toBe(0);
    const { compiled, output, exit } = JSON.parse(await Bun.spawn([binary], { cwd: "/" }).stdout.text());
    expect({ compiled, exit }).toEqual({ compiled: true, exit: { code: 0 } });
    expect(JSON.parse(output)).toMatchObject({ uid: 50, bounding: "0000000000000000" });
    expect(JSON.parse(output).root).not.toContain("etc");
    expect(JSON.parse(output).root).toEqual(expect.arrayContaining(["dev", "proc", "sbin"]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 30_000);
