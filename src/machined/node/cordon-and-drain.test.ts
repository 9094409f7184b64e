import { expect, test } from "bun:test";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { kubeconfigOf } from "../../kube/kubeconfig.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { cordonAndDrain } from "./cordon-and-drain.ts";

async function drain(server: string | undefined): Promise<string[]> {
  const kubeconfig = join(await mkdtemp(join(tmpdir(), "drain-")), "kubeconfig");
  if (server !== undefined)
    await writeFile(kubeconfig, kubeconfigOf({ server, ca: "" }, { cluster: "gone", user: "kubelet" }));
  const state = memoryState();
  await state.create(Nodename, "nodename", { nodename: "node", hostnameVersion: "1", skipNodeRegistration: false });
  const said: string[] = [];
  await cordonAndDrain({
    state,
    kubeconfig,
    log: (level, message) => said.push(`${level}: ${message}`),
    signal: new AbortController().signal,
    limits: { answerMs: 100 },
  });
  return said;
}

test("a machine that never was in a cluster has nothing to drain", async () => {
  expect(await drain(undefined)).toEqual([]);
});

test("a cluster that is gone holds up no machine", async () => {
  const [said = ""] = await drain("https://127.0.0.1:1");
  expect(said).toStartWith("warn: Cannot drain this node, its pods end with it: ");
  expect(said).toContain("nobody listens at 127.0.0.1:1");
});

test("neither does one that says nothing", async () => {
  using silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const said = await drain(`https://127.0.0.1:${silent.port}`);
  expect(said).toEqual(["warn: Cannot drain this node, its pods end with it: asking for the node took too long"]);
});
