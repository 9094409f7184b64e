import { isIPv6 } from "node:net";
import { defineController } from "../../../cosi/controller.ts";
import { KubeClient } from "../../../kube/client.ts";
import { isKubeError } from "../../../kube/kube-error.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import type { KubeObject } from "../../../kube/object.ts";
import { Endpoint } from "../../../resources/k8s/endpoint.ts";
import { KubernetesAccessConfig } from "../../../resources/k8s/kubernetes-access-config.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { machineService, providerLabels } from "./machine-service.ts";

const { name, namespace, port, portName } = machineService;
const labels = { ...providerLabels, component: "apid" };
const services = `/api/v1/namespaces/${namespace}/services`;
const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;

/** Keeps a Service in the cluster behind which the machine API of every control plane machine is. */
export const machineEndpointController = () =>
  defineController({
    name: "kubeaccess.EndpointController",
    inputs: [
      { kind: KubernetesAccessConfig, id: "config", strength: "weak" },
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      // What the API servers say of themselves; where the configuration says they are may be something in between.
      { kind: Endpoint, id: "kube-apiserver", strength: "weak" },
    ],
    outputs: [],
    async reconcile({ get, signal }) {
      const isEnabled = (await get(KubernetesAccessConfig, "config"))?.spec.enabled === true;
      const secrets = (await get(KubernetesSecret, "k8s-certs"))?.spec;
      const { addresses = [] } = (await get(Endpoint, "kube-apiserver"))?.spec ?? {};
      if (!isEnabled || secrets === undefined || addresses.length === 0) return;
      using client = new KubeClient(accessOf(secrets.localhostAdminKubeconfig));
      // First: slices without their Service are swept up.
      await ensureService(client, signal);
      const { IPv4 = [], IPv6 = [] } = Object.groupBy(new Set(addresses), (one) => (isIPv6(one) ? "IPv6" : "IPv4"));
      await ensureSlice(client, "IPv4", IPv4, signal);
      await ensureSlice(client, "IPv6", IPv6, signal);
    },
  });

/** Without a selector: there are no pods behind it. One that is there is its owner's. */
async function ensureService(client: KubeClient, signal: AbortSignal): Promise<void> {
  if ((await client.find(`${services}/${name}`, signal)) !== undefined) return;
  const ports = [{ name: portName, port, protocol: "TCP", targetPort: port }];
  const service = { apiVersion: "v1", kind: "Service", metadata: { name, namespace, labels }, spec: { ports } };
  await client.create<KubeObject>(services, service, signal).catch((thrown: unknown) => {
    if (!isKubeError(thrown, 409)) throw thrown;
  });
}

/** Applied: what is so already does not change, and others of the control plane write the same. */
async function ensureSlice(
  client: KubeClient,
  addressType: "IPv4" | "IPv6",
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const sliceName = `${name}-${addressType.toLowerCase()}`;
  if (addresses.length === 0) {
    await client.delete(`${slices}/${sliceName}`, undefined, signal).catch((thrown: unknown) => {
      if (!isKubeError(thrown, 404)) throw thrown;
    });
    return;
  }
  const conditions = { ready: true, serving: true, terminating: false };
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: sliceName, namespace, labels: { ...labels, "kubernetes.io/service-name": name } },
    addressType,
    ports: [{ name: portName, port, protocol: "TCP" }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions })),
  };
  await client.apply<KubeObject>(slice, { fieldManager: "talos", force: true }, signal);
}
