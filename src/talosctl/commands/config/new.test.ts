import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { implement } from "../../../grpc/implement.ts";
import { methods } from "../../../proto/methods.ts";
import { formatTalosconfig } from "../../../talosconfig/format.ts";
import { serveTestMachine } from "../../testing/machine.ts";

const asked: unknown[] = [];
const name = "machine.MachineService/GenerateClientConfiguration";
const served = await serveTestMachine({
  services: {
    [name]: implement(methods[name], async ({ roles, crt_ttl }) => {
      asked.push({ roles, seconds: Number(crt_ttl?.seconds ?? 0) });
      const context = { endpoints: [], nodes: [], ca: "Y2E=", crt: "Y3J0", key: "a2V5", rest: {} };
      const talosconfig = formatTalosconfig({ context: "reader@test", contexts: new Map([["reader@test", context]]) });
      return { messages: [{ talosconfig: Buffer.from(talosconfig) }] };
    }),
  },
});
const directory = await mkdtemp(join(tmpdir(), "talosctl-config-new-"));
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

test("a client configuration is made by the machine, for its owner alone, with the endpoints that reach it", async () => {
  const path = join(directory, "reader");
  const run = () => served.run("config", "new", path, "--roles", "os:reader,os:operator", "--crt-ttl", "12h");
  expect(await run()).toEqual({ status: 0, out: "", error: `Created ${path}\n` });
  expect(asked).toEqual([{ roles: ["os:reader", "os:operator"], seconds: 43_200 }]);
  expect(await readFile(path, "utf8")).toContain(
    `reader@test:\n        endpoints:\n            - ${served.endpoint}\n`,
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await run()).error).toContain("it exists\nName another file");
});

test.each([
  [["--roles", "os:admn"], 'Cannot grant "os:admn": it is no role\nDid you mean "os:admin"? There are os:admin'],
  [["--roles", ""], "Cannot make a client configuration without roles"],
  [["-n", "a,b"], "Cannot make a client configuration on 2 nodes at once"],
] as const)("%p is refused before the machine is asked", async (argv, message) => {
  const before = asked.length;
  const { status, error } = await served.run("config", "new", join(directory, "other"), ...argv);
  expect({ status, error }).toEqual({ status: 1, error: expect.stringContaining(message) });
  expect(asked).toHaveLength(before);
});
