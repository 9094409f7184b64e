import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
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
