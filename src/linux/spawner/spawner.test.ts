import { afterAll, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSpawner, type Spawner, type SpawnOptions } from "./spawner.ts";

const spawner = await createSpawner({ drop: "module-and-boot" });
afterAll(() => spawner[Symbol.dispose]());

const run = async (from: Spawner, options: SpawnOptions) => {
  const child = await from.spawn(options);
  const [output, exit] = await Promise.all([new Response(child.output).text(), child.exited]);
  return { output, exit };
};
const shell = (script: string): SpawnOptions => ({ argv: ["/bin/sh", "-c", script] });

/** The capability sets in /proc/<pid>/status as numbers. */
const capabilities = (status: string) =>
  Object.fromEntries(
    [...status.matchAll(/^Cap(\w+):\s*(\w+)$/gm)].map(([, name, bits]) => [name, BigInt(`0x${bits}`)]),
  );
const moduleAndBoot = (1n << 16n) | (1n << 22n);

test("a child's output and exit code arrive whole", async () => {
  const { output, exit } = await run(spawner, shell("echo out; echo err >&2; seq 20000; exit 7"));
  expect(output.startsWith("out\nerr\n1\n")).toBe(true);
  expect(output.endsWith("\n20000\n")).toBe(true);
  expect(exit).toEqual({ code: 7, signal: undefined });
});

test("children lose the rights to load modules and to reboot, this thread keeps them", async () => {
  const own = capabilities(readFileSync("/proc/thread-self/status", "utf8"));
  const { output } = await run(spawner, shell("cat /proc/self/status"));
  const theirs = capabilities(output);
  expect(theirs.Bnd).toBe((own.Bnd ?? 0n) & ~moduleAndBoot);
  expect((theirs.Eff ?? 0n) & moduleAndBoot).toBe(0n);
  expect((own.Bnd ?? 0n) & moduleAndBoot).toBe(moduleAndBoot);
});

test("uid, gid, session, directory and environment are as asked", async () => {
  const script = "id -u; id -g; id -G; pwd; echo $NAME; cut -d' ' -f6 /proc/$$/stat; echo $$";
  const asked = { uid: 50, gid: 51, cwd: "/usr", session: true, env: { NAME: "value", PATH: "/usr/bin:/bin" } };
  const { output } = await run(spawner, { ...shell(script), ...asked });
  const [uid, gid, groups, directory, name, session, pid] = output.split("\n");
  expect([uid, gid, groups, directory, name]).toEqual(["50", "51", "51", "/usr", "value"]);
  expect(session).toBe(pid);
});

test("the engine's variables do not reach children", async () => {
  process.env.BUN_CONFIG_PROBE = "1";
  try {
    expect((await run(spawner, shell("env"))).output).not.toContain("BUN_");
  } finally {
    delete process.env.BUN_CONFIG_PROBE;
  }
});

test("a child starts in its cgroup with its OOM score", async () => {
  const cgroup = `/sys/fs/cgroup/${readdirSync("/sys/fs/cgroup").includes("unified") ? "unified/" : ""}spawner-test-${process.pid}`;
  mkdirSync(cgroup, { recursive: true });
  try {
    // The score is set after the start: the child waits for its parent's word.
    const wait = "while ! grep -q '^500$' /proc/self/oom_score_adj; do :; done; grep ^0:: /proc/self/cgroup";
    const { output } = await run(spawner, { ...shell(wait), cgroup, oomScoreAdjust: 500 });
    expect(output.trim().endsWith(`/spawner-test-${process.pid}`)).toBe(true);
  } finally {
    rmdirSync(cgroup);
  }
});

test("a signal ends a child, and after that signals are harmless", async () => {
  const child = await spawner.spawn({ argv: ["/bin/sleep", "1000"] });
  child.kill("SIGTERM");
  expect(await child.exited).toEqual({ code: undefined, signal: "SIGTERM" });
  child.kill("SIGKILL");
  expect(await new Response(child.output).text()).toBe("");
});

test("a missing program is an error that names it", async () => {
  await expect(spawner.spawn({ argv: ["/does/not/exist"] })).rejects.toThrow('Cannot start "/does/not/exist"');
  await expect(spawner.spawn({ argv: [] })).rejects.toThrow("command line is empty");
  await expect(spawner.spawn({ argv: ["/bin/true"], cgroup: "/no/such/group" })).rejects.toThrow(
    'Cannot open "/no/such/group"',
  );
});

/** What this process has open. */
const descriptors = (): string[] =>
  readdirSync("/proc/self/fd").map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return ""; // that of the listing itself
    }
  });

test("no descriptor is left behind", async () => {
  // Pipes alone: files and sockets of other tests come and go in this process.
  const count = () => descriptors().filter((target) => target.startsWith("pipe:")).length;
  const before = count();
  for (let index = 0; index < 10; index += 1) await run(spawner, shell("echo x"));
  await spawner.spawn({ argv: ["/does/not/exist"] }).catch(() => {});
  const cancelled = await spawner.spawn({ argv: ["/bin/sleep", "1000"] });
  await cancelled.output.cancel();
  cancelled.kill("SIGKILL");
  await cancelled.exited;
  // The thread may still hold those of the last child; a leak would be one a child.
  expect(count()).toBeLessThan(before + 5);
});

test("a closed spawner starts nothing and lets go of its children's statuses", async () => {
  const closing = await createSpawner({ drop: "all" });
  const child = await closing.spawn({ argv: ["/bin/sleep", "1000"] });
  closing[Symbol.dispose]();
  expect(await child.exited).toEqual({ code: undefined, signal: undefined });
  await expect(closing.spawn({ argv: ["/bin/true"] })).rejects.toThrow("the spawner has ended");
  process.kill(child.pid, "SIGKILL");
});

test("a confined child sees what it was given, can write only what it may, and has no rights at all", async () => {
  const directory = mkdtempSync(join(tmpdir(), "confined-"));
  writeFileSync(join(directory, "given"), "content");
  const system = ["/usr", "/bin", "/lib", "/lib64"].map((source) => ({ source }));
  const paths = [
    ...system,
    { source: directory, target: "/run/sockets", readOnly: false },
    { source: "/etc/hostname", optional: true },
    { source: "/etc/does-not-exist", optional: true },
  ];
  using confined = await createSpawner({ drop: "all", confine: { paths } });
  const script = `echo "root:" $(ls /); echo "given:" $(cat /run/sockets/given)
    touch /run/sockets/made && echo made; touch /new 2>&1; touch /usr/new 2>&1; ls /proc/1 2>&1
    echo x > /dev/null && head -c1 /dev/urandom | wc -c; cat /proc/self/status`;
  try {
    const { output } = await run(confined, { ...shell(script), uid: 0 });
    expect(output).toMatch(/^root: bin dev etc lib lib64 proc run usr$/m);
    expect(output).toContain("given: content\nmade\n");
    expect(output).toContain("'/new': Read-only file system");
    expect(output).toContain("'/usr/new': Read-only file system");
    expect(output).toMatch(/^1$/m);
    expect(capabilities(output)).toEqual({ Inh: 0n, Prm: 0n, Eff: 0n, Bnd: 0n, Amb: 0n });
    expect(output).toMatch(/^NoNewPrivs:\t1$/m);
    expect(output).toMatch(/^Groups:\s*$/m);
    const user = await run(confined, { ...shell("id -u; cat /proc/1/cmdline 2>&1; kill -0 1 2>&1"), uid: 50, gid: 50 });
    expect(user.output).toMatch(/^50\ncat: \/proc\/1\/cmdline: No such file/);
    expect(user.exit.code).not.toBe(0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("confinement with a missing path fails and says which", async () => {
  const confine = { paths: [{ source: "/does/not/exist" }] };
  await expect(createSpawner({ drop: "all", confine })).rejects.toThrow("/does/not/exist");
});
