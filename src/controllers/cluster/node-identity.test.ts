import { expect, test } from "bun:test";
import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeWith } from "../../cosi/testing.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { machineIdOf, nodeIdentityController } from "./node-identity.ts";

test("an identity is made once, kept for ourselves, and found again after a reboot", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "identity-")), "node-identity.yaml");
  const seen: string[] = [];
  for (const _ of ["first boot", "second boot"]) {
    await using machine = await runtimeWith(nodeIdentityController({ path }));
    const { nodeId } = (await machine.eventually(Identity, "local")).spec;
    const { contents } = (await machine.eventually(EtcFileSpec, "machine-id")).spec;
    expect(new TextDecoder().decode(contents)).toBe(`${machineIdOf(nodeId)}\n`);
    seen.push(nodeId);
  }
  expect(seen[1]).toBe(seen[0] ?? "");
  expect(await readFile(path, "utf8")).toBe(`nodeId: ${seen[0]}\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a machine id is 32 hexadecimal digits", () => {
  expect(machineIdOf("z")).toBe("0".repeat(32));
  expect(machineIdOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ")).toMatch(/^[0-9a-f]{32}$/);
});
