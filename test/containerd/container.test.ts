import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createContainer } from "../../src/containerd/container.ts";
import { findImage, type UnpackedImage } from "../../src/containerd/image/find-image.ts";
import { bind, buildRuntimeSpec, type ContainerSpec } from "../../src/containerd/spec/build.ts";
import { makeImage, type TestImage } from "../../src/containerd/testing/image.ts";
import { serveImage } from "../../src/containerd/testing/registry.ts";
import { memoryState } from "../../src/cosi/memory/memory-state.ts";
import { container } from "../../src/machined/containers/container.ts";
import { podEvents } from "../../src/machined/containers/pod-events.ts";
import { createLogStore } from "../../src/machined/logs/log-store.ts";
import type { ServiceHost } from "../../src/machined/supervisor/service.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { Service } from "../../src/resources/v1alpha1/service.ts";
import { eventually } from "../support/eventually.ts";
import { type PrivateContainerd, privateContainerd } from "./private-containerd.ts";

// The image holds one file of its own; a shell and its libraries are this host's.
const directory = (path: string): FileEntry => ({ kind: "directory", path, mode: 0o755 });
const link = (path: string, target: string): FileEntry => ({ kind: "link", path, target });
const rootFileSystem: FileEntry[] = [
  { kind: "file", path: "marker", mode: 0o644, content: new Blob(["from the image\n"]) },
  ...["dev", "proc", "sys", "run", "tmp", "usr"].map(directory),
  ...["bin", "lib", "lib64"].map((path) => link(path, `usr/${path}`)),
];

let fixture: PrivateContainerd;
let image: TestImage;
beforeAll(async () => {
  fixture = await privateContainerd();
  image = await makeImage([rootFileSystem], { Env: ["PATH=/usr/bin"] });
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** Another run of this test may be under way. */
const cgroupOf = (id: string) => `/machined-test/${process.pid}-${id}`;

const system = () => fixture.containerd.in("system");

/** Starts a shell script as the container of a service. */
async function start(id: string, script: string, change: Partial<ContainerSpec> = {}) {
  using registry = serveImage(image);
  const events: string[] = [];
  const log = createLogStore().open(id);
  await fixture.mirror("registry.test", registry.url);
  const runner = container({
    pipeDirectory: join(fixture.directory, "pipes"),
    plan: async () => ({
      image: "registry.test/shell:v1",
      spec: ({ config }) => ({
        args: ["/bin/sh", "-c", script],
        env: config.environment,
        isolate: ["pid", "ipc", "uts"],
        cgroup: cgroupOf(id),
        mounts: [bind(`${fixture.directory}/usr`, "/usr", "ro")],
        ...change,
      }),
    }),
  })({ containerd: async () => fixture.containerd } as ServiceHost);
  const run = await runner.start({
    id,
    log,
    signal: new AbortController().signal,
    report: (message) => events.push(message),
  });
  return { run, events, output: () => log.lastLines(1_000) };
}

async function expectNothingLeft(id: string): Promise<void> {
  const { tasks, containers } = system();
  const { snapshots } = fixture.containerd.in("k8s.io");
  expect(await tasks.get(id)).toBeUndefined();
  expect(await containers.get(id)).toBeUndefined();
  expect(await snapshots.exists(`machined-${id}`)).toBe(false);
}

test("a container runs its image, its output reaches the log, and its exit code is told", async () => {
  const { run, events, output } = await start("hello", "cat /marker; echo to stderr >&2; id -u; exit 7");
  expect(await run.ended).toEqual({ code: 7, signal: undefined });
  // Two pipes of the shim end in one: lines of different streams may overtake each other.
  expect(output().toSorted()).toEqual(["0", "from the image", "to stderr"]);
  expect(events[0]).toBe('Pulling image "registry.test/shell:v1"');
  expect(run.started).toMatch(/^Started task hello \(PID \d+\) for container hello$/);
  await expectNothingLeft("hello");
});

test("it runs as the user it is given, with limits and without a capability", async () => {
  const script = "id -u; ulimit -n; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status";
  const limits = [{ type: "RLIMIT_NOFILE", soft: 10_240, hard: 10_240 }] as const;
  const { run, output } = await start("plain", script, { uid: 60, gid: 60, limits });
  await run.ended;
  const none = "0000000000000000";
  expect(output()).toEqual(["60", "10240", `CapEff:\t${none}`, `CapBnd:\t${none}`, "NoNewPrivs:\t1"]);
});

test("a signal ends it, and is told as such", async () => {
  const { run } = await start("sleeper", "echo ready; exec sleep 1000");
  await run.kill("SIGKILL");
  expect(await run.ended).toEqual({ code: undefined, signal: "SIGKILL" });
  await run.kill("SIGTERM");
  await expectNothingLeft("sleeper");
});

test("what an earlier run left behind makes way", async () => {
  await (await start("again", "exit 0")).run.ended;
  const left = (await findImage(fixture.containerd.in("k8s.io"), "registry.test/shell:v1")) as UnpackedImage;
  const sleep: ContainerSpec = {
    args: ["/bin/sleep", "1000"],
    env: {},
    isolate: ["pid"],
    cgroup: cgroupOf("again"),
    mounts: [bind(`${fixture.directory}/usr`, "/usr", "ro")],
  };
  const output = `file://${fixture.directory}/left.log`;
  await createContainer(fixture.containerd, { id: "again", image: left, spec: buildRuntimeSpec(sleep), output });
  await system().tasks.start("again");

  const { run } = await start("again", "exit 3");
  expect(await run.ended).toEqual({ code: 3, signal: undefined });
  await expectNothingLeft("again");
});

test("it outlives a crash of containerd, and its end is still told", async () => {
  const { run, output } = await start(
    "survivor",
    "trap 'echo told; exit 5' TERM; echo ready; while :; do sleep 0.1; done",
  );
  await eventually(
    async () => output(),
    ({ length }) => length > 0,
    { intervalMs: 20 },
  );
  await fixture.crash();
  await run.kill("SIGTERM");
  expect(await run.ended).toEqual({ code: 5, signal: undefined });
  expect(output()).toEqual(["ready", "told"]);
});

test("every byte of much output arrives", async () => {
  const { run, output } = await start("chatty", "seq 1 20000; echo end");
  await run.ended;
  expect(output().at(-1)).toBe("end");
  expect(output().at(-2)).toBe("20000");
});

test("whoever follows pods' containers is woken again after a crash of containerd", async () => {
  const state = memoryState();
  await state.create(Service, "containerd", { running: true, healthy: true, unknown: false });
  const stop = new AbortController();
  const events = podEvents({ state, containerd: async () => fixture.containerd }, stop.signal);
  expect((await events.next()).done).toBe(false);
  const next = events.next();
  await fixture.crash();
  expect((await next).done).toBe(false);
  stop.abort();
  await events.next().catch(() => undefined);
});
