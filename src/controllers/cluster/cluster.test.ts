import { expect, test } from "bun:test";
import { applyPatches } from "../../config/patch.ts";
import { testConfig, testSecrets } from "../../config/testing.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Info } from "../../resources/cluster/info.ts";
import { ImageCacheConfig } from "../../resources/cri/image-cache-config.ts";
import { HostDNSConfig } from "../../resources/network/host-dns-config.ts";
import { NodeAddressSortAlgorithm } from "../../resources/network/node-address-sort-algorithm.ts";
import { imageCacheConfigController } from "../cri/image-cache-config.ts";
import { nodeAddressSortAlgorithmController } from "../network/address/node-address-sort-algorithm.ts";
import { hostDnsConfigController } from "../network/dns/host-dns-config.ts";
import { configure, machineWith } from "../testing.ts";
import { discoveryConfigController } from "./discovery-config.ts";
import { clusterInfoController } from "./info.ts";

test("the cluster is named, and how its machines find each other follows the configuration", async () => {
  await using machine = await machineWith(
    { config: testConfig("controlplane", { withDiscovery: true }) },
    discoveryConfigController(),
    clusterInfoController(),
  );
  expect((await machine.eventually(Info, "current")).spec).toEqual({
    clusterId: testSecrets.clusterId,
    clusterName: "test",
  });
  const on = await machine.eventually(DiscoveryConfig, "cluster", ({ spec }) => spec.registryServiceEnabled);
  expect(on.spec).toMatchObject({
    serviceEndpoint: "discovery.talos.dev:443",
    serviceClusterID: testSecrets.clusterId,
  });
  expect(Buffer.from(on.spec.serviceEncryptionKey).toString("base64")).toBe(testSecrets.clusterSecret);
  await configure(machine, testConfig("controlplane", { withDiscovery: false }));
  const off = await machine.eventually(DiscoveryConfig, "cluster", ({ spec }) => !spec.discoveryEnabled);
  expect(off.spec).toMatchObject({ registryServiceEnabled: false, serviceEndpoint: "" });
});

test("the machine's resolver listens for pods too when their DNS should ask it", async () => {
  await using machine = await machineWith({ config: testConfig() }, hostDnsConfigController());
  const { spec } = await machine.eventually(HostDNSConfig, "config", (found) => found.spec.enabled);
  expect(spec.listenAddresses).toEqual(["127.0.0.53:53", "169.254.116.108:53"]);
  await configure(machine, testConfig().replace("forwardKubeDNSToHost: true", "forwardKubeDNSToHost: false"));
  const own = await machine.eventually(HostDNSConfig, "config", (found) => found.spec.listenAddresses?.length === 1);
  expect(own.spec.serviceHostDNSAddress ?? "").toBe("");
});

test("features that are still to come are shown as they are", async () => {
  const config = applyPatches(testConfig(), [
    {
      text: JSON.stringify({
        machine: { features: { nodeAddressSortAlgorithm: "v2", imageCache: { localEnabled: true } } },
      }),
      file: "patch",
    },
  ]);
  await using machine = await machineWith(
    { config },
    nodeAddressSortAlgorithmController(),
    imageCacheConfigController(),
  );
  await machine.eventually(NodeAddressSortAlgorithm, "default", ({ spec }) => spec.algorithm === "v2");
  expect((await machine.eventually(ImageCacheConfig, "image-cache")).spec.status).toBe("disabled");
  await configure(machine, testConfig());
  await machine.eventually(NodeAddressSortAlgorithm, "default", ({ spec }) => spec.algorithm === "v1");
  expect(machine.logged.join()).toContain("machine.features.imageCache has no effect yet");
});
