import { expect, test } from "bun:test";
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";
import { machineIdOf, nodeIdentityController } from "./node-identity.ts";

const absent = async () => "absent";
const mounted = { source: "/dev/vda2", target: "/system/state", filesystemType: "xfs", options: [], encrypted: false };
const temporaryPath = async () => join(await mkdtemp(join(tmpdir(), "identity-")), "node-identity.yaml");

test("an identity is made once, kept on STATE for ourselves, and found again after a reboot", async () => {
  const path = await temporaryPath();
  const seen: string[] = [];
  for (const _ of ["first boot", "second boot"]) {
    await using machine = await runtimeWith(nodeIdentityController({ openState: absent, path }));
    await machine.state.modify(MountStatus, "STATE", () => mounted);
    const { nodeId } = (await machine.eventually(Identity, "local")).spec;
    const { contents } = (await machine.eventually(EtcFileSpec, "machine-id")).spec;
    expect(new TextDecoder().decode(contents)).toBe(`${machineIdOf(nodeId)}\n`);
    await eventually(
      () => readFile(path, "utf8").catch(() => ""),
      (text) => text === `nodeId: ${nodeId}\n`,
    );
    seen.push(nodeId);
  }
  expect(seen[1]).toBe(seen[0] ?? "");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a machine without STATE keeps its identity to itself", async () => {
  const path = await temporaryPath();
  await using machine = await runtimeWith(nodeIdentityController({ openState: absent, path }));
  await machine.eventually(EtcFileSpec, "machine-id");
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("an identity is looked for once STATE is open", async () => {
  const path = await temporaryPath();
  const openState = () => writeFile(path, "nodeId: known\n");
  await using machine = await runtimeWith(nodeIdentityController({ openState, path }));
  expect((await machine.eventually(Identity, "local")).spec.nodeId).toBe("known");
});

test("a machine id is 32 hexadecimal digits", () => {
  expect(machineIdOf("z")).toBe("0".repeat(32));
  expect(machineIdOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ")).toMatch(/^[0-9a-f]{32}$/);
});
