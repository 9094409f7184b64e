import { afterAll, expect, test } from "bun:test";
import { readdir, readFile, stat, watch } from "node:fs/promises";
import { applyPatches } from "../../../config/patch.ts";
import { testConfig, testSecrets } from "../../../config/testing.ts";
import type { TestRuntime } from "../../../cosi/testing.ts";
import { parseCertificate, signCertificate } from "../../../pki/index.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { SecretStatus } from "../../../resources/k8s/secret-status.ts";
import { StaticPod } from "../../../resources/k8s/static-pod.ts";
import { StaticPodStatus } from "../../../resources/k8s/static-pod-status.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { etcdCertificatesController } from "../../secrets/etcd.ts";
import { etcdRootController } from "../../secrets/etcd-root.ts";
import { kubernetesController } from "../../secrets/kubernetes.ts";
import { kubernetesCertSansController } from "../../secrets/kubernetes-cert-sans.ts";
import { kubernetesDynamicCertsController } from "../../secrets/kubernetes-dynamic.ts";
import { kubernetesRootController } from "../../secrets/kubernetes-root.ts";
import { configure, machineWith, setAddresses, setTime } from "../../testing.ts";
import { controlPlaneControllers } from "./index.ts";
import { configOf, type Places, secretOf } from "./places.ts";
import { testOwners as owners, testPlaces } from "./testing.ts";

/** Says whether it is ready, to those for whom the authority vouches. */
let ready = true;
const { certificate: cert, key } = await signCertificate(testSecrets.kubernetes, {
  ...{ commonName: "kube-apiserver", usages: ["serverAuth"], alternativeNames: ["localhost"], validForMs: 600_000 },
});
const apiServer = Bun.serve({
  ...{ hostname: "localhost", port: 0 },
  tls: { cert, key, ca: testSecrets.kubernetes.certificate, requestCert: true, rejectUnauthorized: true },
  fetch: ({ url }) => new Response("", { status: ready && new URL(url).pathname === "/readyz" ? 200 : 500 }),
});
afterAll(() => apiServer.stop(true));

const direct = {
  machine: { features: { kubePrism: { enabled: false } } },
  cluster: { controlPlane: { localAPIServerPort: apiServer.port } },
};
const configWith = (...patches: readonly object[]) =>
  applyPatches(
    testConfig(),
    [direct, ...patches].map((patch) => ({ text: JSON.stringify(patch), file: "patch" })),
  );

async function controlPlane(places: Places, config = configWith()): Promise<TestRuntime> {
  const machine = await machineWith(
    { config },
    kubernetesRootController(),
    kubernetesCertSansController(),
    kubernetesController(),
    kubernetesDynamicCertsController(),
    etcdRootController(),
    etcdCertificatesController(),
    ...controlPlaneControllers({ places, owners }),
  );
  await setTime(machine);
  const network = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
  await machine.state.create(NetworkStatus, "status", network);
  return machine;
}

const setEtcd = ({ state }: TestRuntime, healthy: boolean) =>
  state.modify(Service, "etcd", () => ({ running: true, healthy, unknown: false }));

interface Pod {
  readonly metadata: { readonly annotations: Record<string, string>; readonly labels: Record<string, string> };
  readonly spec: { readonly containers: readonly [Container]; readonly volumes: readonly Document[] };
}
interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly Document[];
  readonly resources: Document;
}
const podOf = (document: Document) => document as unknown as Pod;
const flagOf = (document: Document, name: string) =>
  podOf(document)
    .spec.containers[0].command.find((argument) => argument.startsWith(`--${name}=`))
    ?.slice(name.length + 3);

test("pods appear once their files are there and etcd is well, and stay when it is not", async () => {
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await machine.eventually(SecretStatus, "static-pods", ({ spec }) => spec.ready);
  await setEtcd(machine, false);
  expect(await machine.state.list(StaticPod)).toEqual([]);
  await setEtcd(machine, true);
  const { spec } = await machine.eventually(StaticPod, "kube-apiserver");
  await machine.eventually(StaticPod, "kube-controller-manager");
  await machine.eventually(StaticPod, "kube-scheduler");
  expect(spec).toMatchObject({
    metadata: { name: "kube-apiserver", namespace: "kube-system", labels: { "k8s-app": "kube-apiserver" } },
    spec: {
      priorityClassName: "system-cluster-critical",
      hostNetwork: true,
      securityContext: { runAsUser: 65_534, runAsGroup: 65_534, runAsNonRoot: true },
      volumes: [
        { name: "secrets", hostPath: { path: secretOf(places, "kube-apiserver") } },
        { name: "config", hostPath: { path: configOf(places, "kube-apiserver") } },
        { name: "audit", hostPath: { path: places.auditLog } },
      ],
    },
  });
  await setEtcd(machine, false);
  await configure(machine, configWith({ cluster: { scheduler: { extraArgs: { v: "4" } } } }));
  await setEtcd(machine, true);
  await machine.eventually(StaticPod, "kube-scheduler", (pod) => flagOf(pod.spec, "v") === "4");
  expect((await machine.eventually(StaticPod, "kube-apiserver")).metadata.version).toBe(1);
});

test("the others come when the API server answers, and stay when it does not", async () => {
  ready = false;
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await setEtcd(machine, true);
  await machine.eventually(StaticPod, "kube-apiserver");
  await configure(machine, configWith({ cluster: { apiServer: { extraArgs: { v: "2" } } } }));
  await machine.eventually(StaticPod, "kube-apiserver", ({ spec }) => flagOf(spec, "v") === "2");
  expect((await machine.state.list(StaticPod)).map(({ metadata }) => metadata.id)).toEqual(["kube-apiserver"]);
  expect(machine.logged.filter((line) => line.includes("an API server is ready"))).toHaveLength(1);
  ready = true;
  await machine.eventually(StaticPod, "kube-scheduler");
  ready = false;
  await configure(machine, configWith({ cluster: { scheduler: { extraArgs: { v: "3" } } } }));
  await machine.eventually(StaticPod, "kube-scheduler", ({ spec }) => flagOf(spec, "v") === "3");
  await machine.eventually(StaticPod, "kube-controller-manager");
  ready = true;
});

test("an etcd that is started again stops nothing, one that is gone stops all", async () => {
  await using machine = await controlPlane(testPlaces());
  await setEtcd(machine, true);
  await machine.eventually(StaticPod, "kube-scheduler");
  const before = await machine.state.list(StaticPod);
  await machine.state.destroy(Service, "etcd");
  await setEtcd(machine, true);
  await configure(machine, configWith({ cluster: { scheduler: { extraArgs: { v: "6" } } } }));
  await machine.eventually(StaticPod, "kube-scheduler", ({ spec }) => flagOf(spec, "v") === "6");
  const after = await machine.state.list(StaticPod);
  const times = (pods: typeof before) => pods.map(({ metadata }) => [metadata.id, metadata.created.getTime()]);
  expect(times(after)).toEqual(times(before));
  await machine.state.destroy(Service, "etcd");
  await machine.eventuallyGone(StaticPod, "kube-apiserver");
});

test("what waits out a back-off although the API server is back is made anew", async () => {
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await setEtcd(machine, true);
  const before = await machine.eventually(StaticPod, "kube-scheduler");
  const show = (name: string, status: Document) =>
    machine.state.modify(StaticPodStatus, `kube-system/${name}-n1`, () => ({
      containerStatuses: [{ name, ...status }],
    }));
  const terminated = { exitCode: 1, finishedAt: new Date(0).toISOString() };
  await show("kube-scheduler", { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated } });
  await show("kube-apiserver", { state: { running: { startedAt: new Date().toISOString() } } });
  const { spec, metadata } = await machine.eventually(
    StaticPod,
    "kube-scheduler",
    (pod) => podOf(pod.spec).metadata.annotations["talos.dev/fresh-starts"] === "1",
  );
  expect(metadata.version).toBe(before.metadata.version + 1);
  expect(podOf(spec).spec).toEqual(podOf(before.spec).spec);
  expect((await machine.eventually(StaticPod, "kube-controller-manager")).metadata.version).toBe(1);
});

test("every file that a pod's flags name is there, and for its user alone", async () => {
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await setEtcd(machine, true);
  for (const id of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const) {
    const pod = podOf((await machine.eventually(StaticPod, id)).spec);
    const values = pod.spec.containers[0].command.map((argument) => argument.replace(/^[^=]*=/, ""));
    const paths = values.filter((value) => value.startsWith(places.secrets) || value.startsWith(places.config));
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o400]);
  }
  expect((await readdir(secretOf(places, "kube-apiserver"))).toSorted()).toEqual([
    ...["aggregator-ca.crt", "apiserver-kubelet-client.crt", "apiserver-kubelet-client.key", "apiserver.crt"],
    ...["apiserver.key", "ca.crt", "encryptionconfig.yaml", "etcd-client-ca.crt", "etcd-client.crt"],
    ...["etcd-client.key", "front-proxy-client.crt", "front-proxy-client.key", "service-account.key"],
    "service-account.pub",
  ]);
});

test("new addresses and names reach the certificate on disk, and no pod is made anew for them", async () => {
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await setEtcd(machine, true);
  const before = await machine.eventually(StaticPod, "kube-apiserver");
  const file = secretOf(places, "kube-apiserver", "apiserver.crt");
  const names = async () => parseCertificate(await readFile(file, "utf8")).alternativeNames;
  const signal = AbortSignal.timeout(15_000);
  const changes = watch(secretOf(places, "kube-apiserver"), { signal })[Symbol.asyncIterator]();
  let change = changes.next(); // from here on, none is missed
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.7/32"]);
  await configure(machine, configWith({ cluster: { apiServer: { certSANs: ["k8s.example.org"] } } }));
  const wanted = new Set(["192.0.2.7", "k8s.example.org"]);
  while (!wanted.isSubsetOf(new Set(await names()))) {
    await change;
    change = changes.next();
  }
  expect((await machine.eventually(StaticPod, "kube-apiserver")).metadata.version).toBe(before.metadata.version);
});

test("what is read only at a start makes the pods anew", async () => {
  const places = testPlaces();
  await using machine = await controlPlane(places);
  await setEtcd(machine, true);
  const before = podOf((await machine.eventually(StaticPod, "kube-apiserver")).spec);
  const secret = Buffer.alloc(32, 7).toString("base64");
  await configure(machine, configWith({ cluster: { aescbcEncryptionSecret: secret } }));
  await machine.eventually(
    StaticPod,
    "kube-apiserver",
    ({ spec }) =>
      podOf(spec).metadata.annotations["talos.dev/secrets-version"] !==
      before.metadata.annotations["talos.dev/secrets-version"],
  );
  const encryption = JSON.parse(await readFile(secretOf(places, "kube-apiserver", "encryptionconfig.yaml"), "utf8"));
  expect(encryption.resources[0].providers.map((provider: object) => Object.keys(provider)[0])).toEqual([
    "secretbox",
    "aescbc",
    "identity",
  ]);
});

test("what concerns one component starts no other", async () => {
  await using machine = await controlPlane(testPlaces());
  await setEtcd(machine, true);
  const versions = async () => {
    const pods = await machine.state.list(StaticPod);
    return Object.fromEntries(pods.map(({ metadata }) => [metadata.id, metadata.version]));
  };
  for (const id of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
    await machine.eventually(StaticPod, id);
  const before = await versions();
  const percentage = { percentageOfNodesToScore: 7 };
  await configure(machine, configWith({ cluster: { scheduler: { config: percentage, extraArgs: { v: "5" } } } }));
  await machine.eventually(
    StaticPod,
    "kube-scheduler",
    ({ spec }) =>
      podOf(spec).metadata.annotations["talos.dev/config-file-version"] === "2" && flagOf(spec, "v") === "5",
  );
  const { "kube-scheduler": _, ...others } = before;
  expect(await versions()).toMatchObject(others);
});

test("the owner's wishes reach the pod, those against its files do not", async () => {
  const places = testPlaces();
  const apiServer = {
    extraArgs: { "enable-admission-plugins": "AlwaysPullImages", v: "3", "tls-cert-file": "/mine.crt" },
    extraVolumes: [
      { hostPath: "/var/x", mountPath: "/x", readonly: true },
      { hostPath: "/var/../etc", mountPath: "/etc" },
    ],
    env: { PRICE: "$5 $(HOME)" },
    resources: { limits: { memory: "1Gi" } },
  };
  const config = configWith({
    cluster: { apiServer },
    machine: { controlPlane: { scheduler: { disabled: true } } },
  });
  await using machine = await controlPlane(places, config);
  await setEtcd(machine, true);
  const { spec } = await machine.eventually(StaticPod, "kube-apiserver");
  expect(flagOf(spec, "enable-admission-plugins")).toBe("NodeRestriction,AlwaysPullImages");
  expect(flagOf(spec, "v")).toBe("3");
  expect(flagOf(spec, "tls-cert-file")).toBe(secretOf(places, "kube-apiserver", "apiserver.crt"));
  expect(machine.logged.join("\n")).toContain(
    "ignoring what kube-apiserver cannot have: extraArgs.tls-cert-file, extraVolumes[1]",
  );
  const [container] = podOf(spec).spec.containers;
  expect(container.env.slice(1)).toEqual([
    { name: "PRICE", value: "$$5 $$(HOME)" },
    { name: "GOMEMLIMIT", value: String(Math.floor(2 ** 30 * 0.95)) },
  ]);
  expect(container.volumeMounts.at(-1)).toEqual({ name: "x", mountPath: "/x", readOnly: true });
  expect(podOf(spec).spec.volumes.at(-1)).toEqual({ name: "x", hostPath: { path: "/var/x" } });
  await machine.eventually(StaticPod, "kube-controller-manager");
  await machine.eventuallyGone(StaticPod, "kube-scheduler");
});
