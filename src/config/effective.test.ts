import { expect, test } from "bun:test";
import {
  extraHosts,
  hostnameSource,
  nameservers,
  registryMirrors,
  searchDomains,
  sharedAddresses,
  timeSettings,
} from "./effective.ts";
import { parseMachineConfig } from "./parse.ts";

const v1alpha1 = `version: v1alpha1
machine:
  network:
    hostname: old
    nameservers: [192.0.2.1]
    searchDomains: [old.example]
    extraHostEntries: [{ip: 192.0.2.9, aliases: [a]}]
  time: {servers: [old.ntp], bootTimeout: 2m}
  registries: {mirrors: {docker.io: {endpoints: ["http://old"]}}}
`;
const documents = `---
{apiVersion: v1alpha1, kind: HostnameConfig, hostname: new}
---
{apiVersion: v1alpha1, kind: ResolverConfig, nameservers: [{address: 192.0.2.2}]}
---
{apiVersion: v1alpha1, kind: TimeSyncConfig, enabled: false, ntp: {servers: [new.ntp]}}
---
{apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, endpoints: [{url: "http://new"}], skipFallback: true}
---
{apiVersion: v1alpha1, kind: StaticHostConfig, name: 192.0.2.10, hostnames: [b]}
`;

test("the v1alpha1 document is heard when it is alone", () => {
  const config = parseMachineConfig(v1alpha1);
  expect(hostnameSource(config)).toEqual({ hostname: "old" });
  expect(nameservers(config)).toEqual(["192.0.2.1"]);
  expect(searchDomains(config)).toEqual(["old.example"]);
  expect(timeSettings(config)).toEqual({ enabled: true, servers: ["old.ntp"], bootTimeoutMs: 120_000 });
  expect(registryMirrors(config).get("docker.io")?.endpoints).toEqual([{ url: "http://old", overridePath: false }]);
});

test("documents of their own win", () => {
  const config = parseMachineConfig(v1alpha1 + documents);
  expect(hostnameSource(config)).toEqual({ hostname: "new" });
  expect(nameservers(config)).toEqual(["192.0.2.2"]);
  expect(timeSettings(config)).toEqual({ enabled: false, servers: ["new.ntp"], bootTimeoutMs: 120_000 });
  expect(registryMirrors(config).get("docker.io")?.skipFallback).toBe(true);
  expect(extraHosts(config)).toEqual([
    { address: "192.0.2.9", names: ["a"] },
    { address: "192.0.2.10", names: ["b"] },
  ]);
});

test("a machine nobody named derives its name or leaves it", () => {
  const features = "version: v1alpha1\nmachine: {features: {stableHostname: true}}\n";
  expect(hostnameSource(parseMachineConfig(features))).toEqual({ auto: "stable" });
  expect(hostnameSource(parseMachineConfig("version: v1alpha1\n"))).toEqual({ auto: "addr" });
});

test("addresses that control planes share are found in links, their VLANs and documents", () => {
  const config = parseMachineConfig(`version: v1alpha1
machine:
  network:
    interfaces:
      - { interface: eth0, vip: { ip: 192.0.2.1 }, vlans: [{ vlanId: 5, vip: { ip: 192.0.2.2 } }] }
---
apiVersion: v1alpha1
kind: Layer2VIPConfig
name: 192.0.2.3
link: eth0
`);
  expect(sharedAddresses(config)).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
});
