import { expect, test } from "bun:test";
import { freePorts } from "../../../test/support/free-ports.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { KubePrismConfig } from "../../resources/k8s/kubeprism-config.ts";
import { KubePrismStatus } from "../../resources/k8s/kubeprism-status.ts";
import { kubePrismController } from "./kubeprism.ts";

/** Answers every connection by a name. */
const server = (port: number) =>
  Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: { open: (socket) => void socket.end("api"), data: () => undefined },
  });

async function ask(port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: (_, chunk) => resolve(chunk.toString()), close: () => resolve("closed"), error: () => undefined },
  });
  return promise;
}

test("connections are passed on while the configuration says so, and the status says whether that works", async () => {
  const [port = 0, upstream = 0, elsewhere = 0] = freePorts(3);
  await using machine = await runtimeWith(kubePrismController());
  const config = { host: "127.0.0.1", port, endpoints: Array(2).fill({ host: "localhost", port: upstream }) };
  await machine.state.create(KubePrismConfig, "k8s-loadbalancer-config", config);
  const down = await machine.eventually(KubePrismStatus, "k8s-loadbalancer", ({ spec }) => !spec.healthy);
  expect(down.spec.host).toBe(`127.0.0.1:${port}`);
  expect(machine.logged.join()).toContain(`KubePrism waits for an API server: localhost:${upstream}`);

  using _ = server(upstream);
  expect(await ask(port)).toBe("api");
  await machine.eventually(KubePrismStatus, "k8s-loadbalancer", ({ spec }) => spec.healthy);

  await machine.state.modify(KubePrismConfig, "k8s-loadbalancer-config", () => ({ ...config, port: elsewhere }));
  const host = `127.0.0.1:${elsewhere}`;
  await machine.eventually(KubePrismStatus, "k8s-loadbalancer", ({ spec }) => spec.healthy && spec.host === host);
  expect(await ask(elsewhere)).toBe("api");
  expect(await ask(port).catch(() => "refused")).toBe("refused");

  await machine.state.destroy(KubePrismConfig, "k8s-loadbalancer-config");
  await machine.eventuallyGone(KubePrismStatus, "k8s-loadbalancer");
  expect(await ask(elsewhere).catch(() => "refused")).toBe("refused");
});
