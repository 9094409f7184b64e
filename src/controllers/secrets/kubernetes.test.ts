import { expect, test } from "bun:test";
import { testConfig, testSecrets } from "../../config/testing.ts";
import type { TestRuntime } from "../../cosi/testing.ts";
import { accessOf } from "../../kube/kubeconfig.ts";
import { isSignedBy, parseCertificate } from "../../pki/index.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { KubernetesSecret } from "../../resources/secrets/kubernetes-secret.ts";
import { configure, machineWith, setAddresses, setTime } from "../testing.ts";
import { kubeletSecretController } from "./kubelet.ts";
import { kubernetesController } from "./kubernetes.ts";
import { kubernetesCertSansController } from "./kubernetes-cert-sans.ts";
import { kubernetesDynamicCertsController } from "./kubernetes-dynamic.ts";
import { kubernetesRootController } from "./kubernetes-root.ts";
import { identityOf, type PemPair } from "./pem-pair.ts";

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

const daysMs = 24 * 3_600_000;
const certificateOf = (pair: PemPair) => parseCertificate(identityOf(pair).certificate);
const holderOf = (kubeconfig: string) => parseCertificate(accessOf(kubeconfig).certificate ?? "");

const issuers = (now?: () => Date) => [
  kubernetesRootController(),
  kubernetesCertSansController(),
  kubernetesController(now === undefined ? {} : { now }),
  kubernetesDynamicCertsController(now === undefined ? {} : { now }),
];

const setNetwork = ({ state }: TestRuntime) =>
  state.create(NetworkStatus, "status", {
    ...{ addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true },
  });

test("each component has a kubeconfig of its own, as itself and by its own way", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...issuers());
  await machine.eventually(KubernetesRootSecret, "k8s");
  expect(await machine.state.list(KubernetesSecret)).toEqual([]); // the clock is not known to be right
  await setTime(machine);
  const { spec } = await machine.eventually(KubernetesSecret, "k8s-certs");
  const authority = parseCertificate(testSecrets.kubernetes.certificate);
  const seen = Object.entries(spec).map(([name, kubeconfig]) => {
    const { subject, usages, notAfter } = holderOf(kubeconfig);
    expect(usages).toEqual(["clientAuth"]);
    expect(isSignedBy(holderOf(kubeconfig), authority)).toBe(true);
    expect(Math.round((notAfter.getTime() - Date.now()) / daysMs)).toBe(365);
    return [name, subject.commonName, subject.organizations?.join(), accessOf(kubeconfig).server];
  });
  const manager = "system:kube-controller-manager";
  const scheduler = "system:kube-scheduler";
  expect(seen.toSorted()).toEqual([
    ["adminKubeconfig", "talos:admin", "system:masters", "https://10.0.0.1:6443"],
    ["controllerManagerKubeconfig", manager, manager, "https://127.0.0.1:7445"],
    ["localhostAdminKubeconfig", "talos:admin", "system:masters", "https://localhost:6443"],
    ["schedulerKubeconfig", scheduler, scheduler, "https://127.0.0.1:7445"],
  ]);
});

test("the API server's certificates are issued when its names are known, and again when they change", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...issuers());
  await setTime(machine);
  await machine.eventually(CertSAN, "k8s");
  expect(await machine.state.list(KubernetesDynamicCert)).toEqual([]);
  await setNetwork(machine);
  const { spec: before } = await machine.eventually(KubernetesDynamicCert, "k8s-dynamic-certs");
  const server = certificateOf(before.apiServer);
  expect(server.subject).toEqual({ commonName: "kube-apiserver", organizations: ["kube-master"] });
  expect(server.alternativeNames).toEqual(expect.arrayContaining(["node-1", "10.0.2.15", "10.96.0.1", "localhost"]));
  expect(certificateOf(before.apiServerKubeletClient).subject.organizations).toEqual(["system:masters"]);
  const proxy = certificateOf(before.frontProxy);
  expect(proxy.subject.commonName).toBe("front-proxy-client");
  expect(isSignedBy(proxy, parseCertificate(testSecrets.aggregator.certificate))).toBe(true);
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.7/32"]);
  const { spec: after } = await machine.eventually(KubernetesDynamicCert, "k8s-dynamic-certs", ({ spec }) =>
    certificateOf(spec.apiServer).alternativeNames.includes("192.0.2.7"),
  );
  expect(after.frontProxy).toEqual(before.frontProxy);
  expect(after.apiServerKubeletClient).toEqual(before.apiServerKubeletClient);
});

test("after half a year all of them are renewed, and not a day before", async () => {
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  await using machine = await machineWith({ config: testConfig() }, ...issuers(now));
  await setNetwork(machine);
  await setTime(machine);
  const kubeconfigs = await machine.eventually(KubernetesSecret, "k8s-certs");
  const certificates = await machine.eventually(KubernetesDynamicCert, "k8s-dynamic-certs");
  aheadMs = 182 * daysMs;
  await setTime(machine, 1);
  await setAddresses(machine, ["10.0.2.16/24"]); // passes after which both have been looked at
  const still = await machine.eventually(KubernetesDynamicCert, "k8s-dynamic-certs", ({ spec }) =>
    certificateOf(spec.apiServer).alternativeNames.includes("10.0.2.16"),
  );
  expect(still.spec.frontProxy).toEqual(certificates.spec.frontProxy);
  expect((await machine.eventually(KubernetesSecret, "k8s-certs")).spec).toEqual(kubeconfigs.spec);
  aheadMs = 183 * daysMs;
  await setTime(machine, 2);
  const renewed = await machine.eventually(KubernetesSecret, "k8s-certs", ({ metadata }) => metadata.version > 1);
  for (const [name, kubeconfig] of Object.entries(renewed.spec))
    expect([name, holderOf(kubeconfig).notBefore > now()]).toEqual([name, false]);
  await machine.eventually(
    KubernetesDynamicCert,
    "k8s-dynamic-certs",
    ({ spec }) => !Bun.deepEquals(spec.frontProxy, certificates.spec.frontProxy),
  );
});
