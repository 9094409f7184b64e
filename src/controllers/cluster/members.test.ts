import { expect, test } from "bun:test";
import fc from "fast-check";
import { testConfig } from "../../config/testing.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { Member } from "../../resources/cluster/member.ts";
import { APIServerConfig } from "../../resources/k8s/api-server-config.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { KubePrismEndpoint } from "../../resources/k8s/kubeprism-endpoint.ts";
import { kubePrismEndpointsController } from "../k8s/kubeprism-endpoints.ts";
import { nodenameController } from "../k8s/nodename.ts";
import { configure, machineWith } from "../testing.ts";
import { affiliateMergeController } from "./affiliate-merge.ts";
import { discoveryConfigController } from "./discovery-config.ts";
import { discoveredEndpointController } from "./endpoint.ts";
import { localAffiliateController } from "./local-affiliate.ts";
import { memberController } from "./member.ts";
import { mergeAffiliates } from "./merge-affiliates.ts";
import { affiliateOf, annotationsOf } from "./node-affiliate.ts";

const raw = { namespace: "cluster-raw" };
const discovering = testConfig("controlplane", { withDiscovery: true });

/** A machine with all that makes members. */
async function machineThatDiscovers(config = discovering) {
  const machine = await machineWith(
    { config, addresses: ["10.0.2.15/24", "fd00::15/64"] },
    discoveryConfigController(),
    nodenameController(),
    localAffiliateController(),
    affiliateMergeController(),
    memberController(),
    discoveredEndpointController(),
    kubePrismEndpointsController(),
  );
  await machine.state.create(Identity, "local", { nodeId: "own" });
  return machine;
}

const other = (more: Partial<Affiliate> = {}): Affiliate => ({
  nodeId: "other",
  addresses: ["10.0.2.16"],
  hostname: "node-2",
  nodename: "node-2",
  operatingSystem: "Talos (v1.12.8)",
  machineType: "controlplane",
  controlPlane: { port: 6_443 },
  ...more,
});

test("a machine says of itself what others need to reach it", async () => {
  await using machine = await machineThatDiscovers();
  const { spec } = await machine.eventually(Affiliate, "own");
  expect(spec).toEqual({
    nodeId: "own",
    addresses: ["10.0.2.15", "fd00::15"],
    hostname: "node-1",
    nodename: "node-1",
    operatingSystem: "Talos (v1.12.8)",
    machineType: "controlplane",
  });
  const config = { image: "", cloudProvider: "", controlPlaneEndpoint: "", etcdServers: [], localPort: 7_000 };
  const rest = { serviceCIDR: [], extraArgs: {}, extraVolumes: [], environmentVariables: {}, advertisedAddress: "" };
  const resources = { requests: {}, limits: {} };
  await machine.state.create(APIServerConfig, "kube-apiserver", { ...config, ...rest, resources });
  await machine.eventually(Member, "node-1", (member) => member.spec.controlPlane?.port === 7_000);
  await configure(machine, testConfig("controlplane", { withDiscovery: false }));
  await machine.eventuallyGone(Affiliate, "own");
  await machine.eventuallyGone(Member, "node-1");
});

test("what registries say of a machine is one affiliate, a member once it has a node, and an endpoint", async () => {
  await using machine = await machineThatDiscovers();
  const { nodename: _, ...early } = other({ addresses: ["10.0.2.17"] });
  await machine.state.create(Affiliate, "service/other", early, raw);
  await machine.eventually(Affiliate, "other");
  expect(await machine.state.get(Member, "node-2")).toBeUndefined();
  await machine.state.create(Affiliate, "k8s/other", other(), raw);
  const member = await machine.eventually(Member, "node-2");
  expect(member.spec.addresses.toSorted()).toEqual(["10.0.2.16", "10.0.2.17"]);
  await machine.eventually(Endpoint, "discovery", ({ spec }) => spec.addresses.includes("10.0.2.17"));
  const { endpoints } = (
    await machine.eventually(KubePrismEndpoint, "k8s-cluster", ({ spec }) => spec.endpoints.length > 3)
  ).spec;
  expect(endpoints).toContainEqual({ host: "10.0.2.16", port: 6_443 });
  await machine.state.destroy(Affiliate, "service/other", raw);
  await machine.state.destroy(Affiliate, "k8s/other", raw);
  await machine.eventuallyGone(Member, "node-2");
  await machine.eventually(Endpoint, "discovery", ({ spec }) => !spec.addresses.includes("10.0.2.16"));
});

test("no registry speaks for this machine", async () => {
  await using machine = await machineThatDiscovers();
  await machine.state.create(Affiliate, "service/own", other({ nodeId: "own" }), raw);
  await machine.state.create(Affiliate, "service/other", other(), raw);
  await machine.eventually(Member, "node-2");
  await machine.eventually(Member, "node-1", ({ spec }) => spec.nodeId === "own");
  expect(machine.logged).toEqual([]);
});

test("an API server that is announced is enough for KubePrism", async () => {
  await using machine = await machineThatDiscovers(testConfig("worker"));
  await machine.state.create(Endpoint, "kube-apiserver", { addresses: ["10.0.0.1", "10.0.0.2"], hosts: [] });
  const isThere = ({ spec }: { spec: KubePrismEndpoint }) => spec.endpoints.length === 2;
  const { spec } = await machine.eventually(KubePrismEndpoint, "k8s-cluster", isThere);
  expect(spec.endpoints).toEqual([
    { host: "10.0.0.1", port: 6_443 },
    { host: "10.0.0.2", port: 6_443 },
  ]);
});

const byte = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."));
const kubespan = fc.record({
  publicKey: fc.base64String({ minLength: 4 }),
  address,
  additionalAddresses: fc.uniqueArray(address.map((text) => `${text}/24`)),
  endpoints: fc.uniqueArray(
    fc.oneof(
      address.map((text) => `${text}:51820`),
      fc.constant("[fd00::1]:51820"),
    ),
  ),
  excludeAdvertisedNetworks: fc.constant(["fd00::/8"]),
});
const affiliates = fc.record({
  base: fc.record({
    nodeId: fc.string({ minLength: 1 }),
    addresses: fc.uniqueArray(address),
    hostname: fc.constantFrom("", "host"),
    nodename: fc.constant("node"),
    operatingSystem: fc.constant("Talos"),
    machineType: fc.constantFrom("controlplane" as const, "worker" as const),
  }),
  kubespan: fc.option(kubespan, { nil: undefined }),
  port: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }),
});

const affiliate = affiliates.map(
  (parts): Affiliate => ({
    ...parts.base,
    ...(parts.kubespan && { kubespan: parts.kubespan }),
    ...(parts.port !== undefined && { controlPlane: { port: parts.port } }),
  }),
);

test("what a node's annotations are written from is read from them", () => {
  fc.assert(
    fc.property(affiliate, (written) => {
      const annotations = Object.fromEntries(
        Object.entries(annotationsOf(written)).flatMap(([key, text]) => (text === null ? [] : [[key, text] as const])),
      );
      const read = affiliateOf({
        metadata: {
          name: "node",
          annotations,
          labels: written.machineType === "worker" ? {} : { "node-role.kubernetes.io/control-plane": "" },
        },
        status: {
          addresses: written.hostname === "" ? [] : [{ type: "Hostname", address: written.hostname }],
          nodeInfo: { osImage: "Talos" },
        },
      });
      expect(read).toEqual(written);
    }),
  );
});

test("annotations of any kind are read without harm", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ minLength: 1 }), (text, nodeId) => {
      const keys = Object.keys(annotationsOf(other()));
      const annotations = Object.fromEntries(keys.map((key) => [key, text]));
      const read = affiliateOf({ metadata: { annotations: { ...annotations, "cluster.talos.dev/node-id": nodeId } } });
      // Whatever came through can be told over the wire again.
      if (read !== undefined) expect(Affiliate.decodeProto(Affiliate.encodeProto(read)).nodeId).toBe(nodeId);
    }),
  );
  expect(affiliateOf({ metadata: { name: "a", annotations: {} } })).toBeUndefined();
});

test("merging twice is merging once", () => {
  fc.assert(
    fc.property(affiliate, affiliate, (first, second) => {
      const merged = mergeAffiliates(first, second);
      expect(mergeAffiliates(merged, second)).toEqual(merged);
      expect(new Set(merged.addresses)).toEqual(new Set([...first.addresses, ...second.addresses]));
    }),
  );
});
