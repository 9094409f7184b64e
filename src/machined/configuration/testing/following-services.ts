import { machineTypeController } from "../../../controllers/config/machine-type.ts";
import { registriesConfigController } from "../../../controllers/cri/registries-config.ts";
import { etcdConfigController } from "../../../controllers/etcd/config.ts";
import { etcdSpecController } from "../../../controllers/etcd/spec.ts";
import { criConfigController } from "../../../controllers/files/cri-config.ts";
import { trustedRootsController } from "../../../controllers/files/trusted-roots.ts";
import { kubeletConfigController } from "../../../controllers/k8s/kubelet-config.ts";
import { kubeletSpecController } from "../../../controllers/k8s/kubelet-spec.ts";
import { nodeIpController } from "../../../controllers/k8s/node-ip.ts";
import { nodeIpConfigController } from "../../../controllers/k8s/node-ip-config.ts";
import { nodenameController } from "../../../controllers/k8s/nodename.ts";
import { environmentController } from "../../../controllers/runtime/environment.ts";
import { setAddresses } from "../../../controllers/testing.ts";
import { type Controller, defineController } from "../../../cosi/controller.ts";
import type { ResourceKind } from "../../../cosi/resource.ts";
import type { State } from "../../../cosi/state.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { MachineConfig } from "../../../resources/config/machine-config.ts";
import { EtcFileSpec } from "../../../resources/files/etc-file-spec.ts";
import { EtcFileStatus } from "../../../resources/files/etc-file-status.ts";
import { KubeletSpec } from "../../../resources/k8s/kubelet-spec.ts";
import { StaticPodServerStatus } from "../../../resources/k8s/static-pod-server-status.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { containerd } from "../../services/containerd.ts";
import { etcd } from "../../services/etcd.ts";
import { kubelet } from "../../services/kubelet.ts";

/** The services that read resources when they start, as far as a machine without processes has them. */
export interface FollowingServices extends AsyncDisposable {
  readonly state: State;
  /** Resolves when every service could start, and the controllers have done with what changed last. */
  ready(): Promise<void>;
  /** Ids of the services that would have started anew since the last call. */
  restartedSince(): Promise<ReadonlySet<string>>;
}

const followed = [containerd, etcd, kubelet];
/** Longer than any way from the config to a service's spec. */
const echoes = 24;

export async function servicesFollowing(): Promise<FollowingServices> {
  const runtime = await runtimeWith(
    ...[machineTypeController(), environmentController({ base: {}, enter: () => {} })],
    ...[registriesConfigController(), criConfigController(), trustedRootsController()],
    ...[etcdConfigController(), etcdSpecController(), nodenameController()],
    ...[nodeIpConfigController(), nodeIpController(), kubeletConfigController(), kubeletSpecController()],
    ...Array.from({ length: echoes }, (_, index) => echo(index)),
  );
  const { state } = runtime;
  await state.create(HostnameStatus, "hostname", { hostname: "node-1", domainname: "example.org" });
  await state.create(StaticPodServerStatus, "static-pod-server-status", { url: "http://127.0.0.1:1" });
  // One of them is in every prefix that edits make: a machine that fits none waits for what fits.
  await setAddresses(runtime, ["10.0.0.9/24", "10.1.0.5/16"]);
  const settled = async () => {
    const version = (await state.get(MachineConfig, "v1alpha1"))?.metadata.version ?? 0;
    await runtime.eventually(Echo, String(echoes - 1), ({ spec }) => spec.version >= version);
  };
  const versions = async () => {
    const found = new Map<string, string>();
    for (const { id, restartsOn = [] } of followed) {
      const read = restartsOn.map(async (reference) => versionOf(state, reference));
      // What has gone restarts nothing, only what has changed.
      const known = (await Promise.all(read)).filter((version) => version !== undefined);
      found.set(id, known.length === 0 ? (last.get(id) ?? "") : known.join());
    }
    return found;
  };
  let last: ReadonlyMap<string, string> = new Map();
  last = await versions();
  return {
    state,
    async ready() {
      for (const { restartsOn = [] } of followed) {
        const [{ kind, id } = { kind: KubeletSpec, id: "kubelet" }] = restartsOn;
        await runtime.eventually(written(kind), id);
      }
      await settled();
      last = await versions();
    },
    async restartedSince() {
      await settled();
      const before = last;
      last = await versions();
      return new Set([...last].filter(([id, version]) => version !== before.get(id)).map(([id]) => id));
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

/** Files are written by mounting them, which a test must not: the wish stands for the deed. */
async function versionOf(state: State, { kind, id }: { readonly kind: ResourceKind; readonly id: string }) {
  return (await state.get(written(kind), id))?.metadata.version;
}

const written = (kind: ResourceKind): ResourceKind => (kind.type === EtcFileStatus.type ? EtcFileSpec : kind);

const Echo: ResourceKind<{ readonly version: number }> = { type: "Echoes.test.talos.dev", namespace: "test" };

/** Says, a step later than the one before, which config it has seen. */
const echo = (step: number): Controller =>
  defineController({
    name: `test.EchoController${step}`,
    inputs: [
      step === 0
        ? { kind: MachineConfig, id: "v1alpha1", strength: "weak" }
        : { kind: Echo, id: String(step - 1), strength: "weak" },
    ],
    outputs: [{ kind: Echo, sharing: "shared" }],
    async reconcile(context) {
      const version =
        step === 0
          ? (await context.get(MachineConfig, "v1alpha1"))?.metadata.version
          : (await context.get(Echo, String(step - 1)))?.spec.version;
      if (version !== undefined) await context.put(Echo, String(step), { version });
    },
  });
