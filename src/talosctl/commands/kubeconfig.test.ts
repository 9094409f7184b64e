import { expect, test } from "bun:test";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { accessOf, kubeconfigOf } from "../../kube/kubeconfig.ts";
import { writeTar } from "../../oci/tar-writer.ts";
import { methods } from "../../proto/methods.ts";
import { runTalosctl, serveTestMachine, type TestMachine } from "../testing/machine.ts";

const method = "machine.MachineService/Kubeconfig";

/** A control plane that signs another key at each call. */
async function controlPlane(): Promise<TestMachine> {
  let calls = 0;
  const serve = async function* () {
    calls += 1;
    const access = { server: "https://10.0.0.2:6443", ca: "ca", certificate: "crt", key: `key ${calls}` };
    const text = kubeconfigOf(access, { cluster: "lab", user: "admin@lab", context: "admin@lab" });
    const entry = { kind: "file", path: "kubeconfig", mode: 0o600, content: new Blob([text]) } as const;
    yield { bytes: gzipSync(Buffer.concat(await Array.fromAsync(writeTar([entry])))) };
  };
  return await serveTestMachine({ services: { [method]: implement(methods[method], serve) } });
}

const directory = () => mkdtempDisposable(join(tmpdir(), "kubeconfig-"));
const keyIn = async (path: string, context?: string) =>
  accessOf(await readFile(path, "utf8"), context === undefined ? {} : { context }).key;

test("a second kubeconfig is renamed for a program, replaced by force, and as a person says", async () => {
  await using machine = await controlPlane();
  await using at = await directory();
  const path = join(at.path, "config");
  expect(await machine.run("kubeconfig", path)).toMatchObject({ status: 0, error: `Saved ${path}\n` });
  const again = await machine.run("kubeconfig", path);
  expect(again.error).toContain('renamed user "admin@lab" -> "admin@lab-1"');
  expect(await keyIn(path)).toBe("key 2");
  expect(await keyIn(path, "admin@lab")).toBe("key 1");
  await machine.run("kubeconfig", path, "--force", "--force-context-name", "mine");
  expect(await keyIn(path, "mine")).toBe("key 3");
  const answers = ["what?", "o"];
  const asked: string[] = [];
  await runTalosctl(["kubeconfig", path, "--talosconfig", machine.talosconfig], {
    ask: async (question) => {
      asked.push(question);
      return answers.shift();
    },
  });
  expect(asked[0]).toContain('user "admin@lab" is there already, and differs');
  expect(await keyIn(path)).toBe("key 4");
});

test("a file of its own is not replaced unasked, and standard output is no file", async () => {
  await using machine = await controlPlane();
  await using at = await directory();
  expect((await machine.run("kubeconfig", at.path, "--merge=false")).status).toBe(0);
  const path = join(at.path, "kubeconfig");
  expect((await machine.run("kubeconfig", path, "--merge=false")).error).toContain("it exists");
  expect(await keyIn(path)).toBe("key 1");
  expect(accessOf((await machine.run("kubeconfig", "-")).out).key).toBe("key 2");
});

test("a worker's refusal is told as it is", async () => {
  const refuse = async function* () {
    yield* [];
    throw new StatusError(Code.unimplemented, "kubeconfig is only available on control plane nodes");
  };
  await using machine = await serveTestMachine({ services: { [method]: implement(methods[method], refuse) } });
  const { status, error } = await machine.run("kubeconfig", "-");
  expect(status).toBe(1);
  expect(error).toContain("kubeconfig is only available on control plane nodes");
});
