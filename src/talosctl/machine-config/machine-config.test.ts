import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMachine } from "../testing/config-machine.ts";
import { runTalosctl, serveTestMachine } from "../testing/machine.ts";

const config =
  "# mine\nversion: v1alpha1\nmachine:\n    type: worker\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n";
const node = "10.0.2.15";
const details = "WARNING: it is old\nApplied configuration without a reboot\n";

const { TMPDIR, TALOS_EDITOR } = process.env;
let directory: string;
const at = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "talosctl-apply-"));
  process.env.TMPDIR = directory;
});
afterAll(async () => {
  Object.assign(process.env, { TMPDIR, TALOS_EDITOR });
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  if (TALOS_EDITOR === undefined) delete process.env.TALOS_EDITOR;
  await rm(directory, { recursive: true });
});

async function start(nodes?: readonly string[]) {
  const { services, received } = configMachine(config);
  return { received, ...(await serveTestMachine({ services, ...(nodes && { nodes }) })) };
}

/** An editor that does what a shell script says; its file is $1. */
async function editor(script: string): Promise<void> {
  await writeFile(at("editor"), `#!/bin/sh\n${script}\n`);
  await chmod(at("editor"), 0o755);
  process.env.TALOS_EDITOR = at("editor");
}

test("a file is sent as it is, with its comments, and the answer is told", async () => {
  await using served = await start();
  await writeFile(at("config.yaml"), config);
  const argv = ["apply-config", "-f", at("config.yaml"), "--mode", "try", "--timeout", "1m30.5s"];
  expect(await served.run(...argv)).toEqual({ status: 0, out: "", error: details });
  expect(served.received).toEqual([{ text: config, mode: 4, dryRun: false, tryTimeoutMs: 90_500 }]);
});

test("patches are laid over the file first", async () => {
  await using served = await start();
  await writeFile(at("config.yaml"), config);
  await writeFile(at("patch.yaml"), "machine: {token: a}\n");
  const argv = ["apply", "-f", at("config.yaml"), "-p", `@${at("patch.yaml")}`, "-p", "debug: true", "--dry-run"];
  expect((await served.run(...argv)).status).toBe(0);
  expect(served.received[0]).toMatchObject({ mode: 1, dryRun: true });
  expect(served.received[0]?.text).toContain("machine:\n    type: worker\n    token: a\ndebug: true\n---\n");
});

test("answers of several nodes say whose they are", async () => {
  await using served = await start(["a", "b"]);
  await writeFile(at("config.yaml"), config);
  const { error } = await served.run("apply-config", "-f", at("config.yaml"));
  expect(error).toBe(["a", "b"].flatMap((name) => details.replace(/^(?=.)/gm, `${name}: `)).join(""));
});

test.each([
  [[], "Cannot apply a config: no file is given\nName it with -f"],
  [["-f", "/no/such"], 'Cannot read "/no/such"'],
  [["worker.yaml"], "To apply a file: talosctl apply-config -f worker.yaml"],
  [["--mode", "interactive"], "there is no interactive mode"],
  [["--mode", "soon"], "expected one of auto, no-reboot, reboot, staged, try"],
  [["-f", "x", "--cert-fingerprint", "abc"], "or, if the machine has no config yet, add --insecure"],
] as const)("apply-config %p is refused with what to do", async (argv, message) => {
  const { status, error } = await runTalosctl(["apply-config", ...argv]);
  expect(status).toBe(1);
  expect(error).toContain(message);
});

test("what is not YAML is told with file, line and column, and what the machine refuses with its words", async () => {
  await using served = await start();
  await writeFile(at("broken.yaml"), "machine:\n  type: [\n");
  expect((await served.run("apply-config", "-f", at("broken.yaml"))).error).toMatch(/broken\.yaml:3:1: /);
  await writeFile(at("empty.yaml"), "# nothing\n");
  expect((await served.run("apply-config", "-f", at("empty.yaml"))).error).toContain("it is empty");
  expect(served.received).toEqual([]);
  await writeFile(at("wrong.yaml"), "version: v1alpha1\nmachine: {typ: worker}\n");
  const { status, error } = await served.run("apply-config", "-f", at("wrong.yaml"));
  expect(status).toBe(1);
  expect(error).toBe(`${node}: ${at("wrong.yaml")}:2:11: machine.typ: unknown field, did you mean "type"?\n`);
  const patched = await served.run("apply-config", "-f", at("wrong.yaml"), "-p", "debug: true");
  expect(patched.error).toContain(`${node}: config:3:5: machine.typ: unknown field`);
});

test("a patch changes the config in force, and one that changes nothing says so, and confirms a trial", async () => {
  await using served = await start();
  const patch = ["patch", "mc", "-p", "machine: {token: a}"];
  expect(await served.run(...patch, "--mode", "no-reboot")).toEqual({
    status: 0,
    out: "",
    error: `patched MachineConfigs.config.talos.dev/v1alpha1 at the node ${node}\n${details}`,
  });
  expect(served.received).toEqual([
    { text: expect.stringContaining("token: a\n---\n"), mode: 2, dryRun: false, tryTimeoutMs: 60_000 },
  ]);
  expect((await served.run(...patch)).error).toBe("Apply was skipped: no changes detected.\n");
  expect(served.received).toHaveLength(2);
});

test.each([
  [["mc"], "Cannot patch: no patch is given"],
  [["links", "-p", "a: b"], 'Cannot patch "links": only the machine config can be changed'],
  [["mc", "persistent", "-p", "a: b"], "only v1alpha1, the one in force, can be changed"],
  [["mc", "--namespace", "x", "-p", "debug: true"], `${node}: resource MachineConfigs.config.talos.dev(x/v1alpha1)`],
  [["mc", "-p", "[{op: remove, path: /none}]"], "Cannot use patch 1: JSON6902 patches are not supported"],
] as const)("patch %p is refused", async (argv, message) => {
  await using served = await start();
  const { status, error } = await served.run("patch", ...argv);
  expect({ status, error }).toEqual({ status: 1, error: expect.stringContaining(message) });
  expect(served.received).toEqual([]);
});

test("what the editor saves is applied, without our notes but with all other comments", async () => {
  await using served = await start();
  await editor(
    `stat -c %a "$1" > ${at("mode")}; cp "$1" ${at("shown")}; sed -i 's/^version.*/&\\ndebug: true # really/' "$1"`,
  );
  expect(await served.run("edit", "machineconfig", "--dry-run")).toEqual({ status: 0, out: "", error: details });
  expect(await readFile(at("mode"), "utf8")).toBe("600\n");
  expect(await readFile(at("shown"), "utf8")).toMatch(/^#\| Config of 10\.0\.2\.15 .*\n#\| .*\n# mine\nversion/);
  const text = config.replace("v1alpha1\n", "v1alpha1\ndebug: true # really\n");
  expect(served.received).toEqual([{ text, mode: 1, dryRun: true, tryTimeoutMs: 60_000 }]);
});

test("what was refused is opened again with the reason, until it is right", async () => {
  await using served = await start();
  await editor(
    `cp "$1" ${at("shown")}; if grep -q wrong "$1"; then sed -i s/wrong/token/ "$1"; else sed -i 's/type: worker/wrong: b/' "$1"; fi`,
  );
  expect(await served.run("edit", "mc")).toEqual({ status: 0, out: "", error: details });
  expect(served.received.map(({ text }) => /wrong|token/.exec(text)?.[0])).toEqual(["wrong", "token"]);
  expect(await readFile(at("shown"), "utf8")).toMatch(/\n#\| config:4:5: machine\.wrong: unknown field.*\n# mine\n/);
});

test("nodes come one after the other, and one given up does not spoil the next", async () => {
  await using served = await start(["a", "b"]);
  await editor(
    `case "$(head -1 "$1")" in *" a "*) sed -i s/worker/wurker/ "$1";; *) sed -i s/worker/controlplane/ "$1";; esac`,
  );
  const { status, error } = await served.run("edit", "mc");
  expect(status).toBe(1);
  expect(error).toMatch(/^b: WARNING: it is old\nb: Applied.*\na: Cannot apply the change: .*\nThe change is kept in /);
  const sent = served.received.map(({ text }) => /type: (\w+)/.exec(text)?.[1]);
  expect(sent).toEqual(["wurker", "controlplane"]);
  await rm(join(/is kept in (\S+)/.exec(error)?.[1] ?? "?", ".."), { recursive: true });
});

test.each([
  ["true", "Apply was skipped: no changes detected.\n"],
  [': > "$1"', "Apply was skipped: empty file.\n"],
  ['sed -i s/mine/other/ "$1"', "Apply was skipped: no changes detected.\n"],
])("an editor that does %p changes nothing", async (script, error) => {
  await using served = await start();
  await editor(script);
  expect(await served.run("edit", "mc")).toEqual({ status: 0, out: "", error });
  expect(served.received).toEqual([]);
});

test.each([
  ['sed -i s/worker/wurker/ "$1"', "Cannot apply the change: config:4:11: machine.type: "],
  ['sed -i s/worker/wurker/ "$1"; exit 3', 'editor": it ended with status 3'],
])("a change that comes to nothing with %p is kept for its owner", async (script, message) => {
  await using served = await start();
  await editor(script);
  const { status, error } = await served.run("edit", "mc");
  expect(status).toBe(1);
  expect(error).toContain(message);
  const kept = /is kept in (\S+)\n/.exec(error)?.[1] ?? "?";
  expect(await readFile(kept, "utf8")).toContain("wurker");
  expect((await stat(kept)).mode & 0o777).toBe(0o600);
  await rm(join(kept, ".."), { recursive: true });
});

test("no other text is left behind", async () => {
  expect((await readdir(directory)).filter((name) => name.startsWith("talosctl-edit-"))).toEqual([]);
});
