import { expect, test } from "bun:test";
import { images } from "../../../config/index.ts";
import { applyPatches } from "../../../config/patch.ts";
import { testConfig } from "../../../config/testing.ts";
import { readYaml, toPlain } from "../../../config/yaml.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";
import { kubernetesRootController } from "../../secrets/kubernetes-root.ts";
import { configure, machineWith } from "../../testing.ts";
import { bootstrapManifestsController } from "../control-plane/bootstrap-manifests.ts";
import { manifestController } from "./manifests.ts";

const withCluster = (cluster: object, features: object = {}) =>
  applyPatches(testConfig(), [{ text: JSON.stringify({ cluster, machine: { features } }), file: "patch" }]);

/** A machine's manifests, by what a field of an object is expected to be. */
async function manifestsOf(config: string) {
  const machine = await machineWith(
    { config },
    kubernetesRootController(),
    bootstrapManifestsController(),
    manifestController(),
  );
  await machine.eventually(Manifest, "11-talos-node-rbac-template");
  const ids = async () => (await machine.state.list(Manifest)).map(({ metadata }) => metadata.id).toSorted();
  const object = async (id: string, kind: string): Promise<Document> => {
    const { spec } = await machine.eventually(Manifest, id);
    return spec.find((one) => one.kind === kind) ?? {};
  };
  return { machine, ids, object, [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose]() };
}

const always = [
  "00-kubelet-bootstrapping-token",
  "01-csr-approver-role-binding",
  "01-csr-node-bootstrap",
  "01-csr-renewal-role-binding",
  "11-kube-config-in-cluster",
  "11-talos-node-rbac-template",
];

test("a generated configuration makes a whole cluster", async () => {
  await using found = await manifestsOf(testConfig());
  const parts = ["05-flannel", "10-kube-proxy", "11-core-dns", "11-core-dns-svc"];
  expect(await found.ids()).toEqual([...always, ...parts].toSorted());
  const proxy = await found.object("10-kube-proxy", "DaemonSet");
  expect(proxy).toMatchObject({
    metadata: { namespace: "kube-system" },
    spec: { template: { spec: { hostNetwork: true, containers: [{ image: images.proxy }] } } },
  });
  expect(JSON.stringify(proxy)).toContain('"--proxy-mode=nftables"');
  expect(await found.object("05-flannel", "ConfigMap")).toMatchObject({
    data: { "net-conf.json": expect.stringContaining('"Network": "10.244.0.0/16"') },
  });
  const { data } = (await found.object("11-kube-config-in-cluster", "ConfigMap")) as { data: { kubeconfig: string } };
  const [kubeconfig] = readYaml(data.kubeconfig).documents;
  expect(kubeconfig && toPlain(kubeconfig)).toMatchObject({
    clusters: [{ cluster: { server: "https://127.0.0.1:7445" } }],
  });
  expect(await found.object("00-kubelet-bootstrapping-token", "Secret")).toMatchObject({
    metadata: { name: expect.stringMatching(/^bootstrap-token-[0-9a-z]{6}$/) },
    stringData: { "token-secret": expect.stringMatching(/^[0-9a-z]{16}$/) },
  });
});

test("what the owner does without is not made", async () => {
  const cluster = { proxy: { disabled: true }, coreDNS: { disabled: true }, network: { cni: { name: "none" } } };
  await using found = await manifestsOf(withCluster(cluster));
  expect(await found.ids()).toEqual(always);
  await configure(found.machine, withCluster({ ...cluster, coreDNS: { disabled: false } }));
  await found.machine.eventually(Manifest, "11-core-dns");
  await configure(found.machine, testConfig("worker"));
  for (const id of [...always, "11-core-dns"]) await found.machine.eventuallyGone(Manifest, id);
});

test("what the owner wants otherwise is otherwise", async () => {
  const cluster = {
    proxy: { image: "example.org/proxy:1", mode: "iptables", extraArgs: { v: "2" } },
    coreDNS: { image: "example.org/dns:1" },
    network: {
      dnsDomain: "example.internal",
      podSubnets: ["10.9.0.0/16", "fd00:9::/56"],
      serviceSubnets: ["10.8.0.0/16", "fd00:8::/108"],
      cni: { name: "flannel", flannel: { extraArgs: ["--iface=eth1"] } },
    },
  };
  const features = { kubernetesTalosAPIAccess: { enabled: true, allowedRoles: ["os:reader"] } };
  await using found = await manifestsOf(withCluster(cluster, features));
  const proxy = JSON.stringify(await found.object("10-kube-proxy", "DaemonSet"));
  for (const part of [
    "example.org/proxy:1",
    "--proxy-mode=iptables",
    "--v=2",
    "--cluster-cidr=10.9.0.0/16,fd00:9::/56",
  ]) {
    expect(proxy).toContain(part);
  }
  const { data } = (await found.object("11-core-dns", "ConfigMap")) as { data: { Corefile: string } };
  expect(data.Corefile).toContain("kubernetes example.internal in-addr.arpa");
  expect(data.Corefile).toContain("disable success example.internal");
  expect(await found.object("11-core-dns-svc", "Service")).toMatchObject({
    spec: { clusterIPs: ["10.8.0.10", "fd00:8::a"], ipFamilyPolicy: "RequireDualStack" },
  });
  const network = (await found.object("05-flannel", "ConfigMap")) as { data: { "net-conf.json": string } };
  expect(JSON.parse(network.data["net-conf.json"])).toEqual({
    Network: "10.9.0.0/16",
    IPv6Network: "fd00:9::/56",
    EnableIPv6: true,
    Backend: { Type: "vxlan", Port: 4_789 },
  });
  expect(JSON.stringify(await found.object("05-flannel", "DaemonSet"))).toContain('"--kube-subnet-mgr","--iface=eth1"');
  expect(await found.object("13-talos-service-account-crd", "CustomResourceDefinition")).toMatchObject({
    metadata: { name: "serviceaccounts.talos.dev" },
  });
});
