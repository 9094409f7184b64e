import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { applyPatches } from "../../src/config/patch.ts";
import { testConfig } from "../../src/config/testing.ts";
import { etcdPkiController } from "../../src/controllers/etcd/pki.ts";
import { controlPlaneControllers } from "../../src/controllers/k8s/control-plane/index.ts";
import type { ComponentId, Places } from "../../src/controllers/k8s/control-plane/places.ts";
import { etcdCertificatesController } from "../../src/controllers/secrets/etcd.ts";
import { etcdRootController } from "../../src/controllers/secrets/etcd-root.ts";
import { kubernetesController } from "../../src/controllers/secrets/kubernetes.ts";
import { kubernetesCertSansController } from "../../src/controllers/secrets/kubernetes-cert-sans.ts";
import { kubernetesDynamicCertsController } from "../../src/controllers/secrets/kubernetes-dynamic.ts";
import { kubernetesRootController } from "../../src/controllers/secrets/kubernetes-root.ts";
import { configure, machineWith, setTime } from "../../src/controllers/testing.ts";
import type { TestRuntime } from "../../src/cosi/testing.ts";
import { Failure } from "../../src/errors/failure.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import { PKIStatus } from "../../src/resources/etcd/pki-status.ts";
import { NetworkStatus } from "../../src/resources/network/network-status.ts";
import { EtcdRootSecret } from "../../src/resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../src/resources/secrets/etcd-secret.ts";
import { KubernetesSecret } from "../../src/resources/secrets/kubernetes-secret.ts";
import { Service } from "../../src/resources/v1alpha1/service.ts";
import { compiledComponent } from "./compiled-component.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free-ports.ts";
import { type PodProcesses, runPods } from "./pod-processes.ts";

export interface ControlPlaneOptions {
  /** Laid over the configuration that `gen config` writes. */
  readonly patch?: object;
  /** Default: the API server alone, which is what most need. */
  readonly components?: readonly ComponentId[];
}

/** A control plane whose processes run on this host, with the arguments and the files that a machine gives them. */
export interface ControlPlane extends AsyncDisposable {
  /** Holds everything; gone when the rig is. */
  readonly directory: string;
  /** `https://localhost:port` of the API server. */
  readonly server: string;
  /** Text of the administrator's kubeconfig, and its path. */
  readonly kubeconfig: string;
  readonly kubeconfigPath: string;
  /** As the administrator. */
  readonly client: KubeClient;
  readonly etcd: EtcdAccess;
  readonly places: Places;
  /** The controllers that keep the control plane, and their resources. */
  readonly machine: TestRuntime;
  readonly pods: PodProcesses;
  /** Lays another patch, as `--config-patch` takes them, over the first configuration. */
  configure(patch: object): Promise<void>;
}

/** Where etcd is, and an administrator's way in; PEM texts. */
export interface EtcdAccess {
  readonly endpoint: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** @throws Failure with the end of the logs when the API server does not get ready in time. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { patch = {}, components = ["kube-apiserver"] } = options;
  await using started = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "control-plane-"));
  started.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755); // the components run as users of their own
  const places: Places = {
    secrets: join(directory, "secrets"),
    config: join(directory, "config"),
    auditLog: join(directory, "audit"),
  };
  await mkdir(places.auditLog);
  await chmod(places.auditLog, 0o777);
  const [port = 0, etcdPort = 0, peerPort = 0, managerPort = 0, schedulerPort = 0] = freePorts(5);
  const server = `https://localhost:${port}`;
  const base = applyPatches(testConfig("controlplane", { endpoint: server }), [
    { file: "rig", text: JSON.stringify(ownPorts(port, managerPort, schedulerPort)) },
  ]);
  const configWith = (more: object) => applyPatches(base, [{ file: "patch", text: JSON.stringify(more) }]);
  const machine = started.use(await startControllers(configWith(patch), directory, places));
  const etcd = await etcdAccess(machine, etcdPort);
  started.use(await startEtcd(directory, etcdPort, peerPort, etcd));
  await machine.state.create(Service, "etcd", { running: true, healthy: true, unknown: false });
  const pods = started.use(
    runPods(machine.state, {
      components,
      directory,
      address: hostAddress(),
      flags: { "etcd-servers": etcd.endpoint },
    }),
  );
  const { localhostAdminKubeconfig: kubeconfig } = (await machine.eventually(KubernetesSecret, "k8s-certs")).spec;
  const kubeconfigPath = join(directory, "kubeconfig");
  await Bun.write(kubeconfigPath, kubeconfig, { mode: 0o600 });
  const client = started.use(new KubeClient(accessOf(kubeconfig)));
  if (components.includes("kube-apiserver")) await untilReady(client, pods);
  const running = started.move();
  return {
    ...{ directory, server, kubeconfig, kubeconfigPath, client, etcd, places, machine, pods },
    configure: (more) => configure(machine, configWith(more)),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Several rigs run beside each other, and beside whatever the host runs. */
const ownPorts = (port: number, managerPort: number, schedulerPort: number) => ({
  machine: { features: { kubePrism: { enabled: false } } },
  cluster: {
    controlPlane: { localAPIServerPort: port },
    controllerManager: { extraArgs: { "secure-port": String(managerPort) } },
    scheduler: { extraArgs: { "secure-port": String(schedulerPort) } },
  },
});

async function startControllers(config: string, directory: string, places: Places): Promise<TestRuntime> {
  const self = process.getuid?.() ?? 0;
  const owners = { "kube-apiserver": self, "kube-controller-manager": self, "kube-scheduler": self };
  const machine = await machineWith(
    { config, addresses: [`${hostAddress()}/24`] },
    kubernetesRootController(),
    kubernetesCertSansController(),
    kubernetesController(),
    kubernetesDynamicCertsController(),
    etcdRootController(),
    etcdCertificatesController(),
    etcdPkiController({ directory: join(directory, "etcd-pki"), user: self }),
    ...controlPlaneControllers(self === 0 ? { places } : { places, owners }),
  );
  await setTime(machine);
  const ready = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
  await machine.state.create(NetworkStatus, "status", ready);
  await machine.eventually(PKIStatus, "etcd", ({ spec }) => spec.ready);
  return machine;
}

async function etcdAccess({ eventually }: TestRuntime, port: number): Promise<EtcdAccess> {
  const { etcdCA } = (await eventually(EtcdRootSecret, "etcd")).spec;
  const { etcdAdmin } = (await eventually(EtcdSecret, "etcd")).spec;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    endpoint: `https://localhost:${port}`,
    ca: text(etcdCA.crt),
    certificate: text(etcdAdmin.crt),
    key: text(etcdAdmin.key),
  };
}

async function startEtcd(
  directory: string,
  port: number,
  peerPort: number,
  { ca, certificate: cert, key }: EtcdAccess,
): Promise<AsyncDisposable> {
  const secret = (file: string) => join(directory, "etcd-pki", file);
  const peer = `https://127.0.0.1:${peerPort}`;
  const client = `https://localhost:${port}`;
  const flags = {
    ...{ name: "rig", "data-dir": join(directory, "etcd"), "unsafe-no-fsync": "true" },
    ...{ "listen-client-urls": `https://127.0.0.1:${port}`, "advertise-client-urls": client },
    ...{ "listen-peer-urls": peer, "initial-advertise-peer-urls": peer, "initial-cluster": `rig=${peer}` },
    ...{ "client-cert-auth": "true", "trusted-ca-file": secret("ca.crt") },
    ...{ "cert-file": secret("server.crt"), "key-file": secret("server.key") },
    ...{ "peer-client-cert-auth": "true", "peer-trusted-ca-file": secret("ca.crt") },
    ...{ "peer-cert-file": secret("peer.crt"), "peer-key-file": secret("peer.key") },
  };
  const log = Bun.file(join(directory, "etcd.log"));
  const child = Bun.spawn(
    [await compiledComponent("etcd"), ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
    { stdin: "ignore", stdout: log, stderr: log },
  );
  const healthy = async () => (await fetch(`${client}/health`, { tls: { ca, cert, key } })).ok;
  await eventually(healthy, Boolean, { timeoutMs: 120_000, intervalMs: 50 });
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Until the server is ready, and has made the namespaces that each has: those come a moment after it is. */
async function untilReady(client: KubeClient, pods: PodProcesses): Promise<void> {
  const ready = () => client.text("/readyz");
  const namespaces = () =>
    Promise.all(["default", "kube-system"].map((name) => client.find(`/api/v1/namespaces/${name}`)));
  const patience = { timeoutMs: 300_000, intervalMs: 100 };
  try {
    await eventually(ready, (answer) => answer === "ok", patience);
    await eventually(namespaces, (found) => !found.includes(undefined), patience);
  } catch (cause) {
    const log = await pods.log("kube-apiserver");
    throw new Failure(`Cannot start kube-apiserver: it is not ready\n${log.slice(-4_000)}`, { cause });
  }
}

/** An address that others could reach: what an API server announces must not be loopback. */
function hostAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ family, internal }) => family === "IPv4" && !internal);
  if (found === undefined) throw new Failure("Cannot start a control plane: this host has no address but loopback");
  return found.address;
}
