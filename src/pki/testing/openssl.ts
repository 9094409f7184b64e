import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs the openssl command, the second opinion of this room's tests, in a fresh directory holding `files`.
 * @returns what it printed.
 * @throws Error with what it said, when it fails.
 */
export async function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pki-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const child = Bun.spawn(["openssl", ...args], { cwd: directory, stdout: "pipe", stderr: "pipe" });
    const [out, error, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(`openssl ${args[0]} failed: ${error}${out}`);
    return out;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
