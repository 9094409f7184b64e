import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { createCertificateAuthority } from "../../../pki/index.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { EtcdRootSecret } from "../../../resources/secrets/etcd-root-secret.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { setTime } from "../../testing.ts";
import { clockDiagnosticController } from "./clock.ts";

const authority = await createCertificateAuthority({ organizations: ["etcd"], algorithm: "ecdsa-p256" });
const etcdCA = {
  crt: new TextEncoder().encode(authority.certificate),
  key: new TextEncoder().encode(authority.key),
};

test("a clock from before or after the cluster's authorities is told until it is set", async () => {
  let at = new Date("1970-01-01T00:00:20Z");
  await using machine = await runtimeWith(clockDiagnosticController({ now: () => at }));
  // One that cannot be read is somebody else's matter.
  const issuingCA = { crt: Uint8Array.of(1, 2), key: Uint8Array.of() };
  const os = { issuingCA, acceptedCAs: [], certSANIPs: [], certSANDNSNames: [], token: "" };
  await machine.state.create(OSRootSecret, "os", os);
  await machine.state.create(EtcdRootSecret, "etcd", { etcdCA });
  const behind = await machine.eventually(Diagnostic, "clock");
  expect(behind.spec.message).toBe("the clock says 1970-01-01, when certificate authorities are not valid");
  expect(behind.spec.details[0]).toStartWith("the authority of etcd begins at 20");
  at = new Date("2200-01-01T00:00:00Z");
  await setTime(machine, 1);
  await machine.eventually(Diagnostic, "clock", ({ spec }) => spec.details[0]?.includes("etcd ended at") ?? false);
  at = new Date();
  await setTime(machine, 2);
  await machine.eventuallyGone(Diagnostic, "clock");
});
