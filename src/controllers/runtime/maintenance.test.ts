import { expect, test } from "bun:test";
import { runtimeWith } from "../../cosi/testing.ts";
import { createCertificateAuthority, parseCertificate } from "../../pki/index.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";
import { setAddresses } from "../testing.ts";
import { machineStatusController } from "./machine-status.ts";
import { maintenanceConfigController } from "./maintenance-config.ts";
import { maintenanceInformController } from "./maintenance-inform.ts";

test("the console tells where the machine is, who it is, and what to type", async () => {
  const said: string[] = [];
  const changes: boolean[] = [];
  const ended = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const inform = maintenanceInformController({
    say: (line) => {
      said.push(line);
      if (line.includes("apply-config")) told.resolve();
    },
    onChange: (waiting) => {
      changes.push(waiting);
      if (!waiting) ended.resolve();
    },
  });
  await using runtime = await runtimeWith(maintenanceConfigController(50_000), inform);
  await setAddresses(runtime, ["10.0.2.15/24", "fd00::15/64"]);
  await runtime.state.create(MaintenanceServiceRequest, "maintenance", {});
  const { certificate } = await createCertificateAuthority({ algorithm: "ed25519", commonName: "x" });
  const pair = { crt: new TextEncoder().encode(certificate), key: new Uint8Array() };
  await runtime.state.create(MaintenanceServiceCertificate, "maintenance", { ca: pair, server: pair });
  await told.promise;
  const { fingerprint } = parseCertificate(certificate);
  expect(said.join("\n")).toContain("addresses    10.0.2.15, fd00::15");
  expect(said.at(-1)?.trim()).toBe(
    `talosctl apply-config --insecure --nodes 10.0.2.15 --cert-fingerprint ${fingerprint} --file <config>`,
  );
  await runtime.state.destroy(MaintenanceServiceRequest, "maintenance");
  await ended.promise;
  expect(changes).toEqual([true, false]);
});

test("a machine that waits for its config is in the stage maintenance, and ready for it", async () => {
  const stage = { current: "booting" as const, async *changes() {} };
  await using runtime = await runtimeWith(machineStatusController(stage));
  await runtime.eventually(MachineStatus, "machine", ({ spec }) => spec.stage === "booting");
  await runtime.state.create(MaintenanceServiceRequest, "maintenance", {});
  const { spec } = await runtime.eventually(MachineStatus, "machine", (each) => each.spec.stage === "maintenance");
  expect(spec.status).toEqual({ ready: true, unmetConditions: [] });
  await runtime.state.destroy(MaintenanceServiceRequest, "maintenance");
  await runtime.eventually(MachineStatus, "machine", (each) => each.spec.stage === "booting");
});
