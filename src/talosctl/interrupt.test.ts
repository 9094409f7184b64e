import { expect, test } from "bun:test";
import { talosctl } from "./main.ts";
import { serveTestMachine } from "./testing/machine.ts";

test("whoever is interrupted while nobody answers does not go on waiting", async () => {
  await using machine = await serveTestMachine({ services: {} });
  const interrupt = new AbortController();
  // The kernel takes connections for it, and nobody ever says a word.
  using silent = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: { open: () => interrupt.abort(), data: () => {} },
  });
  const terminal = { print: async () => {}, warn: () => {}, notice: () => {}, ask: async () => undefined };
  const at = ["--endpoints", `127.0.0.1:${silent.port}`, "--talosconfig", machine.talosconfig];
  const startedMs = performance.now();
  expect(await talosctl(["version", ...at], terminal, interrupt.signal)).toBe(130);
  // A server may take 20 s to answer.
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});
