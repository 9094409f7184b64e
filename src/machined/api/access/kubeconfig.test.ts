import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { kubernetesRootController } from "../../../controllers/secrets/kubernetes-root.ts";
import { machineWith } from "../../../controllers/testing.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { readKubeconfig } from "../../../health/machine-kubeconfig.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import { isSignedBy, parseCertificate } from "../../../pki/index.ts";
import { common } from "../../../proto/index.ts";
import { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { adminKubeconfig, kubeconfig } from "./kubeconfig.ts";

test("an administrator gets a certificate of its own that lives as long as the config says", async () => {
  const config = testConfig().replace(/^cluster:\n/m, "cluster:\n    adminKubeconfig: { certLifetime: 2h0m0s }\n");
  await using booted = await machineWith({ config }, kubernetesRootController());
  const root = await booted.eventually(KubernetesRootSecret, "k8s");
  async function* decoded() {
    for await (const message of kubeconfig(booted, {} as never)) yield new common.Data(message);
  }
  const access = accessOf(await readKubeconfig(decoded()));
  expect(access.server).toBe(root.spec.endpoint);
  const certificate = parseCertificate(access.certificate ?? "");
  expect(certificate.subject).toMatchObject({ commonName: "admin", organizations: ["system:masters"] });
  expect(Math.round((certificate.notAfter.getTime() - Date.now()) / 60_000)).toBe(120);
  expect(isSignedBy(certificate, parseCertificate(access.ca))).toBe(true);
});

test("a worker cannot sign one, and a machine without config neither", async () => {
  await using worker = await machineWith({ config: testConfig("worker") }, kubernetesRootController());
  expect(await failureOf(adminKubeconfig(worker.state))).toEqual([
    Code.unimplemented,
    "kubeconfig is only available on control plane nodes",
  ]);
});
