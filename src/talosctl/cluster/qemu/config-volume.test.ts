import { expect, test } from "bun:test";
import { readNetworkConfig } from "../../../platform/nocloud/network-config.ts";
import type { MachineNetwork } from "./command-line.ts";
import { configVolumeArguments, configVolumeImage } from "./config-volume.ts";

const config = new TextEncoder().encode("version: v1alpha1\n");
const ports = { apid: 1, trustd: 2, kubernetes: 3 };
const alone: MachineNetwork = { kind: "user", hostname: "node-1", ports, exposed: [], extraNics: [] };

function seedOf(network: MachineNetwork): string {
  return Buffer.from(configVolumeImage("nocloud", { node: "node-1", config, network })).toString("latin1");
}

test("a seed names the machine and holds its config and its network", () => {
  const image = seedOf(alone);
  expect(image.slice(32_808, 32_840).trimEnd()).toBe("cidata");
  for (const part of [
    "META-DATA;1",
    "NETWORK-CONFIG;1",
    "USER-DATA;1",
    "local-hostname: node-1\n",
    "version: v1alpha1\n",
  ]) {
    expect(image).toContain(part);
  }
});

test.each([
  [alone, { addresses: ["10.0.2.15/24"], dhcp4: undefined }],
  [{ kind: "tap", link: "x", hardwareAddress: "52:54:00:00:00:07" } as const, { addresses: [], dhcp4: 1_024 }],
])("its network is one that machines understand", (network, expected) => {
  const [, text = ""] = /(version: 2[^\0]*)/.exec(seedOf(network)) ?? [];
  const { links, problems } = readNetworkConfig(text);
  expect([links.length, problems]).toEqual([1, []]);
  expect(links[0]).toMatchObject(expected);
});

test("a machine is told where to look", () => {
  expect(configVolumeArguments("metal-iso")).toEqual({ config: "metal-iso" });
  expect(configVolumeArguments("nocloud")).toEqual({ platform: "nocloud" });
});
