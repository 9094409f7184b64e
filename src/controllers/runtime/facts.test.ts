import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { DevicesStatus } from "../../resources/runtime/devices-status.ts";
import { KernelCmdline } from "../../resources/runtime/kernel-cmdline.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { SecurityState } from "../../resources/runtime/security-state.ts";
import { UniqueMachineToken } from "../../resources/runtime/unique-machine-token.ts";
import { Version } from "../../resources/runtime/version.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { TAG } from "../../version.ts";
import { configure, machineWith } from "../testing.ts";
import { devicesStatusController } from "./devices-status.ts";
import { kernelCmdlineController } from "./kernel-cmdline.ts";
import { readSecurityState, securityStateController } from "./security-state.ts";
import { uniqueMachineTokenController } from "./unique-machine-token.ts";
import { versionController } from "./version.ts";

test("what does not change is there from the start", async () => {
  await using runtime = await runtimeWith(
    versionController(),
    kernelCmdlineController("talos.platform=metal"),
    securityStateController({ ownKernel: false }),
  );
  expect((await runtime.eventually(Version, "version")).spec.version).toBe(TAG);
  expect((await runtime.eventually(KernelCmdline, "cmdline")).spec.cmdline).toBe("talos.platform=metal");
  await runtime.eventually(SecurityState, "securitystate");
});

test("the kernel and the firmware say how locked down they are", () => {
  const root = mkdtempSync(join(tmpdir(), "security-"));
  expect(readSecurityState(root)).toEqual({
    secureBoot: false,
    selinuxState: "disabled",
    fipsState: "disabled",
    bootedWithUKI: false,
    moduleSignatureEnforced: false,
  });
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const variable = (name: string) => `sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;
  write(variable("SecureBoot"), Uint8Array.of(6, 0, 0, 0, 1));
  write("sys/fs/selinux/enforce", "0");
  write("sys/module/module/parameters/sig_enforce", "Y\n");
  expect(readSecurityState(root)).toMatchObject({
    secureBoot: true,
    selinuxState: "enabled, permissive",
    moduleSignatureEnforced: true,
  });
  write(variable("SetupMode"), Uint8Array.of(6, 0, 0, 0, 1));
  expect(readSecurityState(root).secureBoot).toBe(false);
});

test("a machine's token is what its configuration says, or META", async () => {
  const document = "---\napiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: grpc://192.0.2.1:4\nuniqueToken: mine\n";
  await using machine = await machineWith({ config: `${testConfig()}${document}` }, uniqueMachineTokenController());
  await machine.eventually(UniqueMachineToken, "unique-machine-token", ({ spec }) => spec.token === "mine");
  await configure(machine, testConfig());
  const { spec } = await machine.eventually(
    UniqueMachineToken,
    "unique-machine-token",
    (found) => found.spec.token === "",
  );
  expect(spec.token).toBe("");
  await machine.state.create(MetaKey, "0x10", { value: "kept" });
  await machine.eventually(UniqueMachineToken, "unique-machine-token", ({ spec }) => spec.token === "kept");
});

test("devices are ready when udev has settled, and stay so", async () => {
  await using runtime = await runtimeWith(devicesStatusController({ ownKernel: true }));
  const udevd = (healthy: boolean) => ({ running: true, healthy, unknown: false });
  await runtime.state.create(Service, "udevd", udevd(false));
  expect(await runtime.state.get(DevicesStatus, "devices")).toBeUndefined();
  await runtime.state.modify(Service, "udevd", () => udevd(true));
  await runtime.eventually(DevicesStatus, "devices");
  await runtime.state.destroy(Service, "udevd");
  expect((await runtime.eventually(DevicesStatus, "devices")).spec.ready).toBe(true);
});
