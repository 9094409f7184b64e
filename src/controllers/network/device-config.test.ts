import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { DeviceConfigSpec } from "../../resources/network/device-config-spec.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { configure } from "../testing.ts";
import { deviceConfigController } from "./device-config.ts";

const text = ({ yaml }: DeviceConfigSpec) => new TextDecoder().decode(yaml);

test("entries are shown by the links they are about, and only with what was said", async () => {
  await using machine = await runtimeWith(deviceConfigController());
  const link = LinkStatus.decodeProto(new Uint8Array());
  for (const name of ["eth0", "eth1"]) await machine.state.create(LinkStatus, name, { ...link, driver: "virtio_net" });
  const interfaces = [
    "- { interface: bond0, addresses: [192.0.2.7/24], bond: { interfaces: [eth0], mode: 802.3ad } }",
    "- { deviceSelector: { driver: virtio_net }, dhcp: true }",
  ].join("\n            ");
  await configure(
    machine,
    testConfig().replace("    network: {}\n", `    network:\n        interfaces:\n            ${interfaces}\n`),
  );
  expect(text((await machine.eventually(DeviceConfigSpec, "bond0/000")).spec)).toBe(
    "interface: bond0\naddresses:\n    - 192.0.2.7/24\nbond:\n    interfaces:\n        - eth0\n    mode: 802.3ad\n",
  );
  expect(text((await machine.eventually(DeviceConfigSpec, "eth1/001/001")).spec)).toBe(
    "interface: eth1\ndeviceSelector:\n    driver: virtio_net\ndhcp: true\n",
  );
  await machine.state.modify(LinkStatus, "eth1", (status) => ({ ...(status ?? link), driver: "e1000" }));
  await machine.eventuallyGone(DeviceConfigSpec, "eth1/001/001");
  await machine.eventually(DeviceConfigSpec, "eth0/001");
  await configure(machine, testConfig());
  await machine.eventuallyGone(DeviceConfigSpec, "eth0/001");
});

test("a selector that nothing fits is told when that lasts, until something does", async () => {
  await using machine = await runtimeWith(deviceConfigController());
  const link = LinkStatus.decodeProto(new Uint8Array());
  await machine.state.create(LinkStatus, "eth0", { ...link, driver: "virtio_net" });
  const interfaces = [
    "- { interface: bond0, bond: { deviceSelectors: [{ driver: virtio_net }, { driver: e1000, busPath: '0*' }] } }",
    '- { deviceSelector: { hardwareAddr: "52:54:00:00:00:09" }, dhcp: true }',
  ].join("\n            ");
  await configure(
    machine,
    testConfig().replace("    network: {}\n", `    network:\n        interfaces:\n            ${interfaces}\n`),
  );
  await eventually(() => machine.logged.length === 2);
  expect(machine.logged.toSorted()).toEqual([
    'network.DeviceConfigController: Cannot find a link for machine.network.interfaces[0].bond.deviceSelectors[1]: none has busPath "0*", driver "e1000"',
    'network.DeviceConfigController: Cannot find a link for machine.network.interfaces[1].deviceSelector: none has hardwareAddr "52:54:00:00:00:09"',
  ]);
  await machine.state.create(LinkStatus, "eth1", { ...link, hardwareAddr: "52:54:00:00:00:09" });
  await machine.eventually(DeviceConfigSpec, "eth1/001");
  expect(machine.logged).toHaveLength(2);
});
