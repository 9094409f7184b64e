import { expect, test } from "bun:test";
import { runtimeWith, type TestRuntime } from "../../cosi/testing.ts";
import { isSignedBy, parseCertificate } from "../../pki/index.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { MaintenanceRootSecret } from "../../resources/secrets/maintenance-root-secret.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";
import { setAddresses } from "../testing.ts";
import { maintenanceController } from "./maintenance.ts";
import { maintenanceCertSansController } from "./maintenance-cert-sans.ts";
import { maintenanceRootController } from "./maintenance-root.ts";
import type { PemPair } from "./pem-pair.ts";

const certificateOf = ({ crt }: Pick<PemPair, "crt">) => parseCertificate(new TextDecoder().decode(crt));

async function waitingMachine(): Promise<TestRuntime> {
  const runtime = await runtimeWith(
    maintenanceRootController(),
    maintenanceCertSansController(),
    maintenanceController(),
  );
  await runtime.state.create(HostnameStatus, "hostname", { hostname: "talos-1", domainname: "" });
  await setAddresses(runtime, ["10.0.2.15/24"]);
  return runtime;
}

test("a machine that waits for its config gets a certificate, for every name that it has", async () => {
  await using runtime = await waitingMachine();
  expect(await runtime.state.list(MaintenanceRootSecret)).toEqual([]);
  await runtime.state.create(MaintenanceServiceRequest, "maintenance", {});
  const { ca, server } = (await runtime.eventually(MaintenanceServiceCertificate, "maintenance")).spec;
  const certificate = certificateOf(server);
  expect(certificate.subject.commonName).toBe("maintenance-service.talos.dev");
  expect(certificate.usages).toEqual(["serverAuth"]);
  expect(certificate.alternativeNames.toSorted()).toEqual(["10.0.2.15", "127.0.0.1", "::1", "talos-1"]);
  expect(isSignedBy(certificate, certificateOf(ca))).toBe(true);
  expect(ca.key).toHaveLength(0);
});

test("the fingerprint stays when the addresses change", async () => {
  await using runtime = await waitingMachine();
  await runtime.state.create(MaintenanceServiceRequest, "maintenance", {});
  const before = certificateOf((await runtime.eventually(MaintenanceServiceCertificate, "maintenance")).spec.server);
  await setAddresses(runtime, ["10.0.2.15/24", "192.0.2.7/24"]);
  const after = await runtime.eventually(MaintenanceServiceCertificate, "maintenance", ({ spec }) =>
    certificateOf(spec.server).alternativeNames.includes("192.0.2.7"),
  );
  expect(certificateOf(after.spec.server).fingerprint).toBe(before.fingerprint);
});

test("nothing of it is left once the machine has its config", async () => {
  await using runtime = await waitingMachine();
  await runtime.state.create(MaintenanceServiceRequest, "maintenance", {});
  await runtime.eventually(MaintenanceServiceCertificate, "maintenance");
  await runtime.state.destroy(MaintenanceServiceRequest, "maintenance");
  await runtime.eventuallyGone(MaintenanceServiceCertificate, "maintenance");
  await runtime.eventuallyGone(MaintenanceRootSecret, "maintenance");
  await runtime.eventuallyGone(CertSAN, "maintenance");
});
