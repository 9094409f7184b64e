import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, stop } from "../host-process.ts";
import { selfCommand } from "../self.ts";
import { startServer } from "./background.ts";
import { serve } from "./serve.ts";

const directory = await mkdtemp(join(tmpdir(), "machined-server-"));
afterAll(() => rm(directory, { recursive: true, force: true }));
const config = join(directory, "controlplane.yaml");
await Bun.write(config, "version: v1alpha1\n");

test("a config is served to who knows the token, and to nobody else", async () => {
  const lines: string[] = [];
  const server = serve({
    port: 0,
    hostname: "127.0.0.1",
    token: "0123456789abcdef",
    configs: new Map([["config.yaml", config]]),
    registry: () => new Response("{}"),
    log: (line) => lines.push(line),
  });
  const get = async (path: string, method = "GET") => await fetch(new URL(path, server.url), { method });
  expect(await (await get("/0123456789abcdef/config.yaml")).text()).toBe("version: v1alpha1\n");
  for (const path of ["/", "/config.yaml", "/wrong/config.yaml", "/0123456789abcdef/state.json"]) {
    expect((await get(path)).status).toBe(404);
  }
  expect((await get("/0123456789abcdef/config.yaml", "PUT")).status).toBe(405);
  expect(await (await get("/v2/")).text()).toBe("{}");
  expect(lines.join("\n")).not.toContain("0123456789abcdef");
  await server.stop(true);
});

const order = (name: string) => ({
  port: 0,
  hostname: "127.0.0.1",
  token: "aa",
  configs: { "config.yaml": config },
  imageCache: join(directory, "image-cache"),
  logFile: join(directory, name),
});

test("the background server answers after its starter has let it go", async () => {
  const server = await startServer([...selfCommand(), "cluster", "serve"], order("server.log"));
  try {
    const reply = await fetch(`http://127.0.0.1:${server.port}/aa/config.yaml`);
    expect(await reply.text()).toBe("version: v1alpha1\n");
    expect(await isRunning(server.process)).toBe(true);
  } finally {
    await stop(server.process);
  }
  expect(await isRunning(server.process)).toBe(false);
});

test("a server that does not start says why", async () => {
  const started = startServer(["sh", "-c", 'echo \'{"error":"Cannot listen"}\''], order("failed.log"));
  await expect(started).rejects.toThrow("Cannot start the config and image server: Cannot listen");
});
