import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toYaml } from "../../src/config/yaml-text.ts";
import { endpointController } from "../../src/controllers/k8s/endpoint.ts";
import { kubeletKubeconfigController } from "../../src/controllers/k8s/kubelet-kubeconfig.ts";
import { joiningManifests } from "../../src/controllers/k8s/manifests/joining.ts";
import { clusterRoleBinding, group } from "../../src/controllers/k8s/manifests/roles.ts";
import { kubeletFiles } from "../../src/controllers/kubelet-files.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { Failure } from "../../src/errors/failure.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { follow } from "../../src/kube/follow.ts";
import { accessOf, kubeconfigOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { askForFirstCertificate } from "../../src/machined/kubelet/asked-certificate.ts";
import { createCertificateRequest, generatePrivateKey } from "../../src/pki/index.ts";
import { MachineType } from "../../src/resources/config/machine-type.ts";
import { Endpoint } from "../../src/resources/k8s/endpoint.ts";
import { KubeletKubeconfig } from "../../src/resources/k8s/kubelet-kubeconfig.ts";
import { KubernetesRootSecret } from "../../src/resources/secrets/kubernetes-root-secret.ts";
import { compiledComponent } from "../support/compiled-component.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

interface SigningRequest extends KubeObject {
  readonly spec?: { readonly signerName?: string; readonly username?: string };
  readonly status?: { readonly conditions?: readonly { readonly type?: string }[]; readonly certificate?: string };
}

let plane: ControlPlane;
let worker: TestRuntime;
let kubeconfig: string;

beforeAll(async () => {
  plane = await startControlPlane({ components: ["kube-apiserver", "kube-controller-manager"] });
  const secrets = (await plane.machine.eventually(KubernetesRootSecret, "k8s")).spec;
  const objects = joiningManifests(secrets).flatMap((manifest) => manifest.objects as readonly KubeObject[]);
  for (const object of objects) await plane.client.apply(object, { fieldManager: "test" });
  kubeconfig = join(plane.directory, "kubelet/kubeconfig");
  worker = await runtimeWith(
    kubeletKubeconfigController({ path: kubeconfig, pki: join(plane.directory, "kubelet/pki") }),
    endpointController({ kubeconfig }),
  );
  await worker.state.create(MachineType, "machine-type", { type: "worker" });
}, 480_000);

afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await plane?.[Symbol.asyncDispose]();
});

/** A kubelet that finds no container runtime: it joins its cluster before it looks for one. */
async function joinAs(name: string): Promise<string> {
  const directory = join(plane.directory, "kubelet");
  await mkdir(directory, { recursive: true });
  const { bootstrapTokenID, bootstrapTokenSecret } = (await plane.machine.eventually(KubernetesRootSecret, "k8s")).spec;
  const { server, ca } = accessOf(plane.kubeconfig);
  const token = `${bootstrapTokenID}.${bootstrapTokenSecret}`;
  const files = {
    "bootstrap-kubeconfig": kubeconfigOf({ server, ca, token }, { cluster: "rig", user: "kubelet" }),
    "config.yaml": toYaml({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      containerRuntimeEndpoint: `unix://${directory}/nobody.sock`,
      failCgroupV1: false,
      // Otherwise it asks for its certificate in the background, and is gone before it gets it.
      rotateCertificates: false,
      port: 0,
      healthzPort: 0,
    }),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text, { mode: 0o600 });
  const log = Bun.file(join(directory, "log"));
  const flags = {
    config: join(directory, "config.yaml"),
    "bootstrap-kubeconfig": join(directory, "bootstrap-kubeconfig"),
    kubeconfig,
    "cert-dir": join(directory, "pki"),
    "root-dir": join(directory, "root"),
    "hostname-override": name,
  };
  const child = Bun.spawn(
    [await compiledComponent("kubelet"), ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    { stdin: "ignore", stdout: log, stderr: log },
  );
  try {
    const known = () => worker.state.get(KubeletKubeconfig, "kubelet");
    await eventually(known, (found) => found !== undefined, { intervalMs: 20 });
  } catch (cause) {
    throw new Failure(`Cannot join: ${(await log.text()).slice(-4_000)}`, { cause });
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
  return readFile(kubeconfig, "utf8");
}

test("a kubelet with the cluster's token gets its certificate, and the machine hears of it", async () => {
  const access = accessOf(await joinAs("joins"));
  using client = new KubeClient(access);
  const found = await client
    .get<KubeObject & { status?: { userInfo?: { username?: string; groups?: string[] } } }>("/api/v1/nodes/joins")
    .catch((thrown) => thrown);
  // It may ask for its node, which nobody has registered yet.
  expect(found).toMatchObject({ code: 404 });
  const { items } = await plane.client.list<SigningRequest>(requests);
  expect(items.map(({ spec, status }) => [spec?.signerName, status?.conditions?.map(({ type }) => type)])).toEqual([
    ["kubernetes.io/kube-apiserver-client-kubelet", ["Approved"]],
  ]);
}, 120_000);

test("a machine with the cluster's token gets its kubelet's first certificate, with another it says why not", async () => {
  const { bootstrapTokenID, bootstrapTokenSecret } = (await plane.machine.eventually(KubernetesRootSecret, "k8s")).spec;
  const { server: endpoint, ca } = accessOf(plane.kubeconfig);
  const acceptedCAs = [{ crt: new TextEncoder().encode(ca) }];
  const secret = { endpoint, acceptedCAs, bootstrapTokenID, bootstrapTokenSecret };
  const spec = { image: "i", args: ["--bootstrap-kubeconfig=b"], expectedNodename: "asked", config: {} };
  const directory = join(plane.directory, "asked");
  const files = { ...kubeletFiles, kubeconfig: join(directory, "kubeconfig"), pki: join(directory, "pki") };
  const told: string[] = [];
  const options = { signal: AbortSignal.timeout(200_000), report: (line: string) => told.push(line), files };

  const refused = { ...secret, bootstrapTokenSecret: "ffffffffffffffff" };
  await askForFirstCertificate(spec, refused, { ...options, patienceMs: 5_000 });
  expect(told.join("\n")).toContain("Waiting for the kubelet's certificate: Cannot create");
  expect(told.at(-1)).toStartWith("Starting the kubelet without a certificate");

  await askForFirstCertificate(spec, secret, options);
  using kubelet = new KubeClient(accessOf(await readFile(files.kubeconfig, "utf8")));
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const answer = await kubelet.create<KubeObject & { readonly status?: object }>(
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    review,
  );
  expect(answer.status).toMatchObject({ userInfo: { username: "system:node:asked" } });
}, 240_000);

/** Decides on every request of a user that nobody has decided on yet. @returns how many there were */
async function decide(username: string, type: "Approved" | "Denied", signal: AbortSignal): Promise<number> {
  const decided = new Set<string>();
  for await (const objects of follow<SigningRequest>(plane.client, requests, {}, signal)) {
    for (const [name, { apiVersion, kind, metadata, spec, status }] of objects) {
      if (spec?.username !== username || status?.conditions !== undefined || decided.has(name)) continue;
      decided.add(name);
      const condition = { type, status: "True", reason: "Test", message: "we do not know you" };
      const decision = { apiVersion, kind, metadata, status: { conditions: [condition] } };
      await plane.client.replace(`${requests}/${name}/approval`, decision as SigningRequest, signal);
    }
  }
  return decided.size;
}

test("a machine whose request is denied says so, asks again ever more seldom, and takes what it is given then", async () => {
  const { server: endpoint, ca } = accessOf(plane.kubeconfig);
  const [bootstrapTokenID, bootstrapTokenSecret] = ["denied", "0123456789abcdef"];
  const strangers = "system:bootstrappers:strangers";
  const token = {
    ...{ apiVersion: "v1", kind: "Secret", type: "bootstrap.kubernetes.io/token" },
    metadata: { name: `bootstrap-token-${bootstrapTokenID}`, namespace: "kube-system" },
    stringData: {
      ...{ "token-id": bootstrapTokenID, "token-secret": bootstrapTokenSecret },
      ...{ "auth-extra-groups": strangers, "usage-bootstrap-authentication": "true" },
    },
  };
  // They may ask, and nobody answers by itself.
  const mayAsk = clusterRoleBinding("strangers", { role: "system:node-bootstrapper", subjects: [group(strangers)] });
  for (const object of [token, mayAsk]) await plane.client.apply(object as KubeObject, { fieldManager: "test" });

  const acceptedCAs = [{ crt: new TextEncoder().encode(ca) }];
  const secret = { endpoint, acceptedCAs, bootstrapTokenID, bootstrapTokenSecret };
  const spec = { image: "i", args: ["--bootstrap-kubeconfig=b"], expectedNodename: "stranger", config: {} };
  const directory = join(plane.directory, "stranger");
  const files = { ...kubeletFiles, kubeconfig: join(directory, "kubeconfig"), pki: join(directory, "pki") };
  const told: string[] = [];
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(200_000)]);
  const options = { signal, report: (line: string) => told.push(line), files };
  const user = `system:bootstrap:${bootstrapTokenID}`;

  const denying = new AbortController();
  const denied = decide(user, "Denied", AbortSignal.any([signal, denying.signal]));
  // Two seconds after the first, four after the second: there is no time for a third.
  await askForFirstCertificate(spec, secret, { ...options, patienceMs: 5_000 });
  denying.abort();
  expect(await denied).toBeWithin(1, 3);
  expect(told.join("\n")).toMatch(/Waiting for the kubelet's certificate: Cannot use request \S+: we do not know you/);

  const approved = decide(user, "Approved", signal);
  await askForFirstCertificate(spec, secret, options);
  over.abort();
  expect(await approved).toBeGreaterThan(0);
  expect(accessOf(await readFile(files.kubeconfig, "utf8")).certificate).toContain("BEGIN CERTIFICATE");
}, 240_000);

test("workers find the API servers with their kubelet's certificate", async () => {
  const { addresses } = (await worker.eventually(Endpoint, "kube-apiserver", ({ spec }) => spec.addresses.length > 0))
    .spec;
  expect(addresses).toHaveLength(1);
});

test("a kubelet's certificate is renewed when it asks, one to serve with only if somebody approves it", async () => {
  using kubelet = new KubeClient(accessOf(await readFile(kubeconfig, "utf8")));
  const ask = async (signer: string, usage: string, alternativeNames: readonly string[]) => {
    const key = await generatePrivateKey("ecdsa-p256");
    const subject = { commonName: "system:node:joins", organizations: ["system:nodes"] };
    const request = Buffer.from(createCertificateRequest(key, { ...subject, alternativeNames })).toString("base64");
    const usages = ["digital signature", usage];
    const made = await kubelet.create<SigningRequest>(requests, {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { generateName: "csr-" },
      spec: { request, signerName: `kubernetes.io/${signer}`, usages },
    } as SigningRequest);
    return `${requests}/${made.metadata?.name}`;
  };
  const serving = await ask("kubelet-serving", "server auth", ["10.0.0.1"]);
  const renewal = await ask("kube-apiserver-client-kubelet", "client auth", []);
  const see = (path: string) => plane.client.get<SigningRequest>(path);
  await eventually(
    () => see(renewal),
    ({ status }) => status?.certificate !== undefined,
    { intervalMs: 50 },
  );
  // Asked for before the other, which has been decided since.
  expect((await see(serving)).status).toEqual({});
});
