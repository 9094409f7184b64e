import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import {
  callersAddress,
  type DiscoveryService,
  startDiscoveryService,
} from "../../../test/support/discovery-service.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { Member } from "../../resources/cluster/member.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { MachineResetSignal } from "../../resources/runtime/machine-reset-signal.ts";
import { affiliateMergeController } from "./affiliate-merge.ts";
import { discoveryServiceController } from "./discovery-service.ts";
import { memberController } from "./member.ts";

const serviceEncryptionKey = randomBytes(32);

async function machineOf(service: DiscoveryService, name: string) {
  const machine = await runtimeWith(discoveryServiceController(), affiliateMergeController(), memberController());
  await machine.state.create(Identity, "local", { nodeId: `id-${name}` });
  await machine.state.create(DiscoveryConfig, "cluster", {
    ...{ discoveryEnabled: true, registryKubernetesEnabled: false, registryServiceEnabled: true },
    ...{ serviceEndpoint: service.endpoint, serviceEndpointInsecure: true, serviceEncryptionKey },
    serviceClusterID: "cluster",
  });
  await machine.state.create(Affiliate, `id-${name}`, {
    nodeId: `id-${name}`,
    addresses: ["10.0.0.1"],
    hostname: name,
    nodename: name,
    operatingSystem: "Talos (v1.12.8)",
    machineType: "controlplane",
    controlPlane: { port: 6_443 },
  });
  return machine;
}

test("machines find each other by the discovery service, and forget who resets", async () => {
  await using service = await startDiscoveryService();
  await using first = await machineOf(service, "first");
  await using second = await machineOf(service, "second");
  const { spec } = await first.eventually(Member, "second");
  expect(spec).toEqual({
    nodeId: "id-second",
    addresses: ["10.0.0.1"],
    hostname: "second",
    machineType: "controlplane",
    operatingSystem: "Talos (v1.12.8)",
    controlPlane: { port: 6_443 },
  });
  await second.eventually(Member, "first");
  const seen = await first.eventually(AddressStatus, "service", () => true, { namespace: "cluster" });
  expect(seen.spec.address).toBe(`${callersAddress}/32`);

  await second.state.create(MachineResetSignal, "machine", {});
  await first.eventuallyGone(Member, "second");
  await first.state.modify(DiscoveryConfig, "cluster", (config) => ({
    ...(config as DiscoveryConfig),
    registryServiceEnabled: false,
  }));
  await first.eventuallyGone(AddressStatus, "service", { namespace: "cluster" });
  expect(first.logged).toEqual([]);
});

test("a service that is away is told of once, and found again", async () => {
  const service = await startDiscoveryService();
  await using machine = await machineOf(service, "first");
  await machine.eventually(AddressStatus, "service", () => true, { namespace: "cluster" });
  await service[Symbol.asyncDispose]();
  await eventually(
    async () => machine.logged.length,
    (count) => count > 0,
    { intervalMs: 5 },
  );
  expect(machine.logged.filter((line) => line.includes("Cannot reach")).length).toBeLessThan(2);
});

test("a secret of the wrong length is told", async () => {
  await using service = await startDiscoveryService();
  await using machine = await machineOf(service, "first");
  const short = (config: DiscoveryConfig | undefined) => ({
    ...(config as DiscoveryConfig),
    serviceEncryptionKey: new Uint8Array(16),
  });
  await machine.state.modify(DiscoveryConfig, "cluster", short);
  await eventually(
    async () => machine.logged.join(),
    (text) => text.includes("cluster.secret has 16 bytes, not 32"),
    { intervalMs: 5 },
  );
  expect(await machine.state.get(Member, "second")).toBeUndefined();
});
