import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";

const directory = join(homedir(), ".cache/machined/test-programs");

/**
 * A program of a Debian package that is not installed for its test: installed, it would begin to do its work on the
 * developer's machine. Fetched once.
 * @param path within the package, `usr/sbin/chronyd`.
 * @returns where it is.
 */
export async function unpackedProgram(name: string, path: string): Promise<string> {
  const place = join(directory, name);
  const program = join(place, path);
  if (
    await access(program).then(
      () => true,
      () => false,
    )
  )
    return program;
  await mkdir(directory, { recursive: true });
  // Of its own, and moved as a whole: another test may do the same.
  const fresh = await mkdtemp(`${place}-`);
  const options = ["APT::Sandbox::User=root", "Acquire::Retries=5"].flatMap((option) => ["-o", option]);
  await run(["apt-get", "download", ...options, name], fresh);
  const [file = ""] = await readdir(fresh);
  await run(["dpkg-deb", "--extract", file, "unpacked"], fresh);
  await rename(join(fresh, "unpacked"), place).catch(() => {});
  await rm(fresh, { recursive: true, force: true });
  return program;
}

async function run(argv: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn([...argv], { cwd, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) {
    throw new Failure(`Cannot fetch a program for a test: ${argv.join(" ")}: ${said.trim()}`, {
      hint: "Run: apt-get update",
    });
  }
}
