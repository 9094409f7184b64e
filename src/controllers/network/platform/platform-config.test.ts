import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Controller } from "../../../cosi/controller.ts";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import { Failure } from "../../../errors/failure.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { SystemInformation } from "../../../resources/hardware/system-information.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { MetaKey } from "../../../resources/runtime/meta-key.ts";
import { metaTags } from "../../../resources/runtime/meta-tags.ts";
import { MountStatus } from "../../../resources/runtime/mount-status.ts";
import { PlatformMetadata } from "../../../resources/runtime/platform-metadata.ts";
import { wishes } from "../../layered.ts";
import type { NetworkSource, PlatformAnswer } from "./network-source.ts";
import { nothingSaid } from "./nothing-said.ts";
import { platformCloudConfigController } from "./platform-cloud-config.ts";
import { platformConfigController } from "./platform-config.ts";
import { platformConfigApplyController } from "./platform-config-apply.ts";
import { platformConfigLoadController } from "./platform-config-load.ts";
import { platformConfigStoreController } from "./platform-config-store.ts";

const directory = mkdtempSync(join(tmpdir(), "platform-config-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const metal = () => [
  platformConfigController({ platform: "metal", hostname: "given" }),
  platformConfigApplyController("metal"),
];

const network = `
addresses:
    - address: 192.0.2.7/24
      linkName: bond0
      family: inet4
      flags: permanent
links:
    - name: bond0
      logical: true
      up: true
      kind: bond
      type: ether
      bondMaster: { mode: active-backup }
    - name: eth0
      up: true
      masterName: bond0
routes:
    - { family: inet4, gateway: 192.0.2.1, outLinkName: bond0, table: main, priority: 1024, scope: global }
    - { family: inet4, gateway: somewhere }
hostnames:
    - { hostname: m, domainname: example.org, layer: platform }
resolvers:
    - dnsServers: [192.0.2.53]
timeServers:
    - timeServers: [192.0.2.123]
operators:
    - operator: dhcp4
      linkName: eth1
      requireUp: true
      dhcp4: { routeMetric: 2048 }
externalIPs: [203.0.113.7, "2001:db8::7"]
probes:
    - { interval: 5s, failureThreshold: 2, tcp: { endpoint: "192.0.2.1:80", timeout: 1s } }
colour: red
`;

const setMeta = ({ state }: TestRuntime, value: string) => state.modify(MetaKey, metaTags.network, () => ({ value }));

test("META's network becomes wishes of the platform, of every kind; what makes no sense in it is told once", async () => {
  await using machine = await runtimeWith(...metal());
  await setMeta(machine, network);
  await machine.eventually(ProbeSpec, "tcp:192.0.2.1:80", ({ spec }) => spec.layer === "platform");
  const ids = async (kind: Parameters<typeof machine.state.list>[0]) =>
    (await machine.state.list(kind, wishes)).map(({ metadata }) => metadata.id);
  expect(await ids(AddressSpec)).toEqual(["platform/bond0/192.0.2.7/24"]);
  expect(await ids(LinkSpec)).toEqual(["platform/bond0", "platform/eth0"]);
  expect(await ids(RouteSpec)).toEqual(["platform/inet4/192.0.2.1//1024"]);
  expect(await ids(HostnameSpec)).toEqual(["platform/hostname"]);
  expect(await ids(OperatorSpec)).toEqual(["platform/dhcp4/eth1"]);
  const bond = await machine.state.get(LinkSpec, "platform/bond0", wishes);
  expect(bond?.spec).toMatchObject({ layer: "platform", bondMaster: { mode: "active-backup", missedMax: 2 } });
  const external = await machine.eventually(AddressStatus, "external/2001:db8::7/128");
  expect(external.spec).toMatchObject({ linkName: "external", family: "inet6", scope: "global" });
  await setMeta(machine, `${network}\n# again\n`);
  await machine.state.destroy(MetaKey, metaTags.network);
  await machine.eventuallyGone(LinkSpec, "platform/bond0", wishes);
  await machine.eventuallyGone(AddressStatus, "external/203.0.113.7/32");
  await machine.eventuallyGone(ProbeSpec, "tcp:192.0.2.1:80");
  const told = machine.logged.filter((line) => line.includes("0x0a is not used whole"));
  expect(new Set(told.map((line) => line.replace(/^.*whole: /, "")))).toEqual(
    new Set(['Cannot read routes[1].gateway: "somewhere" is no address', "there is no field colour"]),
  );
});

test("a machine without a cloud is known by its firmware and its arguments", async () => {
  await using machine = await runtimeWith(...metal());
  const firmware = { manufacturer: "", productName: "", version: "", serialnumber: "", wakeUpType: "", skuNumber: "" };
  await machine.state.create(SystemInformation, "systeminformation", { ...firmware, uuid: "0a1b" });
  const { spec } = await machine.eventually(PlatformMetadata, "platformmetadata", (each) => "instanceId" in each.spec);
  expect(spec).toEqual({ platform: "metal", hostname: "given", instanceId: "0a1b" });
});

/** A cloud that fails first, and a machine that it can be asked from. */
function cloud(answer: PlatformAnswer | undefined, failures = 0, meanwhile?: PlatformConfig) {
  let asked = 0;
  const source: NetworkSource = {
    needs: "network",
    ...(meanwhile === undefined ? {} : { meanwhile }),
    read: async () => {
      asked += 1;
      if (asked <= failures) throw new Failure("Cannot ask the cloud: it rains", { hint: "Wait for the sun" });
      return answer;
    },
  };
  return { controller: platformCloudConfigController(source, { initialMs: 1, maximumMs: 2 }), asked: () => asked };
}

const withNetwork = async ({ state }: TestRuntime) => {
  await state.modify(NetworkStatus, "status", () => ({
    ...{ addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true },
  }));
  await addLink(state, "eth0");
};

const addLink = (state: TestRuntime["state"], id: string) =>
  state.modify(LinkStatus, id, () => LinkStatus.decodeProto(new Uint8Array()));

const named = (hostname: string): PlatformConfig => ({
  ...nothingSaid,
  hostnames: [{ hostname, domainname: "", layer: "platform" }],
  metadata: { platform: "aws", hostname },
});

test("a cloud is asked when there is a network, until it answers, and its answer follows the links", async () => {
  const { controller, asked } = cloud((links) => ({ config: named(`has-${links.size}`), problems: ["a doubt"] }), 3);
  await using machine = await runtimeWith(controller, platformConfigApplyController("aws"));
  expect((await machine.eventually(PlatformMetadata, "platformmetadata")).spec).toEqual({ platform: "aws" });
  expect(asked()).toBe(0);
  await withNetwork(machine);
  await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "has-1", wishes);
  await addLink(machine.state, "eth1");
  await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "has-2", wishes);
  expect(asked()).toBe(4);
  expect(machine.logged.map((line) => line.replace(/^\S+ /, ""))).toEqual([
    "Cannot ask the cloud: it rains. Wait for the sun",
    "a doubt",
  ]);
});

test("what a cloud said outlives the boot, and counts until it says something else", async () => {
  const path = join(directory, "platform-network.yaml");
  const cache = (): Controller[] => [
    platformConfigLoadController({ openState: async () => {}, path }),
    platformConfigStoreController({ path }),
    platformConfigApplyController("aws"),
  ];
  const meanwhile = named("meanwhile");
  const first = cloud(() => ({ config: named("first"), problems: [] }), 0, meanwhile);
  {
    await using machine = await runtimeWith(first.controller, ...cache());
    await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "meanwhile", wishes);
    await withNetwork(machine);
    await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "first", wishes);
    expect(existsSync(path)).toBe(false); // there is no STATE yet
    const mount = { source: "/dev/vda2", target: "/", filesystemType: "xfs", options: [], encrypted: false };
    await machine.state.create(MountStatus, "STATE", mount);
    await eventually(() => existsSync(path) && readFileSync(path, "utf8").includes("hostname: first"));
    expect(statSync(path).mode & 0o777).toBe(0o400);
  }
  const second = cloud(() => ({ config: named("second"), problems: [] }), 0, meanwhile);
  await using machine = await runtimeWith(second.controller, ...cache());
  await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "first", wishes);
  await machine.eventually(PlatformMetadata, "platformmetadata", ({ spec }) => spec.hostname === "first");
  await withNetwork(machine);
  await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "second", wishes);
  await machine.eventuallyGone(PlatformConfig, "meanwhile");
});

test("a cache that makes no sense costs what makes none", async () => {
  const path = join(directory, "damaged.yaml");
  writeFileSync(path, "hostnames: [{ hostname: kept }]\nlinks: [{ name: [] }, 7]\nroutes: 5\n");
  const load = platformConfigLoadController({ openState: async () => {}, path });
  await using machine = await runtimeWith(load, platformConfigApplyController("aws"));
  await machine.eventually(HostnameSpec, "platform/hostname", ({ spec }) => spec.hostname === "kept", wishes);
  expect(machine.logged.filter((line) => line.includes("is not used whole: Cannot read"))).toHaveLength(3);
});
