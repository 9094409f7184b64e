import { Failure } from "../../errors/failure.ts";

const timeoutMs = 20_000;

/**
 * Runs a program of the host and returns what it printed.
 * @throws Failure with its own words when it fails.
 */
export async function run(program: string, ...args: string[]): Promise<string> {
  const path = Bun.which(program);
  if (path === null)
    throw new Failure(`Cannot find ${program}: it is not installed`, { hint: `install ${packageOf(program)}` });
  const child = Bun.spawn([path, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: timeoutMs });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  if (code === 0) return stdout;
  const why = stderr.trim().split("\n").at(-1) || `it ended with code ${code}`;
  throw new Failure(`Cannot run "${[program, ...args].join(" ")}": ${why}`);
}

const packageOf = (program: string) =>
  program === "ip" ? "iproute2" : program === "unsquashfs" ? "squashfs-tools" : "util-linux";
