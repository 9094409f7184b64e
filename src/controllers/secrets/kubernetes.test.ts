import { expect, test } from "bun:test";
import { testConfig, testSecrets } from "../../config/testing.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { configure, machineWith } from "../testing.ts";
import { kubeletSecretController } from "./kubelet.ts";
import { kubernetesCertSansController } from "./kubernetes-cert-sans.ts";
import { kubernetesRootController } from "./kubernetes-root.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const controllers = () => [kubernetesRootController(), kubernetesCertSansController(), kubeletSecretController()];

test("a control plane machine has Kubernetes' secrets, and the names that its API server is reached by", async () => {
  const config = testConfig("controlplane", { additionalSans: ["k8s.example.org", "192.0.2.9"] });
  await using machine = await machineWith({ config }, ...controllers());
  const { spec } = await machine.eventually(KubernetesRootSecret, "k8s");
  expect(spec).toMatchObject({
    name: "test",
    endpoint: "https://10.0.0.1:6443",
    local_endpoint: "https://127.0.0.1:7445",
    apiServerIPs: ["10.96.0.1"],
    dnsDomain: "cluster.local",
    secretboxEncryptionSecret: testSecrets.secretboxEncryptionSecret,
  });
  expect(text(spec.issuingCA.key)).toBe(testSecrets.kubernetes.key);
  expect(text(spec.serviceAccount.key)).toBe(testSecrets.serviceAccountKey);
  expect(`${spec.bootstrapTokenID}.${spec.bootstrapTokenSecret}`).toBe(testSecrets.bootstrapToken);
  const sans = (await machine.eventually(CertSAN, "k8s")).spec;
  expect(sans.ips).toEqual(expect.arrayContaining(["10.0.0.1", "10.0.2.15", "10.96.0.1", "127.0.0.1", "192.0.2.9"]));
  expect(sans.dnsNames).toEqual(
    expect.arrayContaining(["k8s.example.org", "kubernetes.default.svc.cluster.local", "localhost", "node-1"]),
  );
});

test("a worker has only what its kubelet joins by", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...controllers());
  await machine.eventually(CertSAN, "k8s");
  await configure(machine, testConfig("worker"));
  await machine.eventuallyGone(KubernetesRootSecret, "k8s");
  await machine.eventuallyGone(CertSAN, "k8s");
  const { spec } = await machine.eventually(KubeletSecret, "kubelet");
  expect(spec.endpoint).toBe("https://127.0.0.1:7445");
  expect(spec.acceptedCAs.map(({ crt }) => text(crt))).toEqual([testSecrets.kubernetes.certificate]);
  expect(`${spec.bootstrapTokenID}.${spec.bootstrapTokenSecret}`).toBe(testSecrets.bootstrapToken);
});
