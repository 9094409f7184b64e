import { expect, test } from "bun:test";
import { runtimeWith } from "../../cosi/testing.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { acquireController } from "./acquire.ts";

const ready = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
const good = "version: v1alpha1\nmachine:\n  type: worker\n";
const bad = "version: v1alpha1\nmachine:\n  kublet: {}\n";

/** Stands for the machine, which puts a config in force. */
const machine = () => {
  const { promise: acquired, resolve } = Promise.withResolvers<string>();
  return { acquired, onConfig: async ({ text }: { readonly text: string }) => resolve(text) };
};

test("a bad config is told with its place, and the repaired one is taken", async () => {
  const problems: string[] = [];
  let answers = 0;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      answers += 1;
      if (answers === 1) return new Response("not yet", { status: 404 });
      return new Response(answers === 2 ? bad : good);
    },
  });
  const place = `http://127.0.0.1:${server.port}`;
  const { acquired, onConfig } = machine();
  const controller = acquireController({
    onConfig,
    url: `${place}/a-secret/config.yaml?token=another`,
    inline: undefined,
    onProblem: (kind, text) => problems.push(`${kind}: ${text}`),
    retry: { initialMs: 1, maximumMs: 2 },
  });
  await using runtime = await runtimeWith(controller);
  await runtime.state.create(NetworkStatus, "status", ready);
  expect(await acquired).toBe(good);
  expect(problems[0]).toContain("HTTP status 404");
  expect(problems[1]).toContain(`${place}/…/config.yaml?…:3:3: machine.kublet`);
  expect(runtime.logged.some((line) => line.includes("did you mean"))).toBe(true);
  // Who knows the whole URL can fetch every secret of the cluster.
  expect([...runtime.logged, ...problems].join("\n")).not.toMatch(/a-secret|another/);
});

test("an inline config needs no network, in any of its forms", async () => {
  for (const bytes of [Buffer.from(good), Bun.gzipSync(good), Bun.zstdCompressSync(good)]) {
    const { acquired, onConfig } = machine();
    const inline = Buffer.from(bytes).toString("base64");
    await using _ = await runtimeWith(acquireController({ url: undefined, inline, onConfig }));
    expect(await acquired).toBe(good);
  }
});

test("a config that cannot be decompressed, or has no end, is told and asked for again", async () => {
  const bomb = Bun.zstdCompressSync(Buffer.alloc(64 * 1_024 * 1_024));
  const torn = Bun.gzipSync(good).subarray(0, 20);
  const answers = [bomb, torn, Bun.gzipSync(good)];
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(answers.shift()) });
  const problems: string[] = [];
  const { acquired, onConfig } = machine();
  const controller = acquireController({
    onConfig,
    url: `http://127.0.0.1:${server.port}/config.yaml`,
    inline: undefined,
    onProblem: (kind, text) => problems.push(`${kind}: ${text}`),
    retry: { initialMs: 1, maximumMs: 2 },
  });
  await using runtime = await runtimeWith(controller);
  await runtime.state.create(NetworkStatus, "status", ready);
  expect(await acquired).toBe(good);
  expect(problems.map((problem) => problem.replace(/: [^:]*$/, ""))).toEqual([
    "load: Cannot decompress the machine configuration",
    "load: Cannot decompress the machine configuration",
  ]);
});
