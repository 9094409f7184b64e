import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseKernelArguments } from "./kernel-arguments.ts";
import { networkArguments } from "./network-arguments.ts";

const read = (text: string) => networkArguments(parseKernelArguments(text));
const nothing = {
  hostname: undefined,
  links: [],
  madeLinks: [],
  dnsServers: [],
  timeServers: [],
  ignoredLinks: [],
  problems: [],
};
const link = (name: string | undefined, address?: string, gateway?: string, dhcp = false) => ({
  link: name,
  address,
  gateway,
  dhcp,
});

test.each([
  ["", nothing],
  ["ip=dhcp", nothing],
  ["ip=eth3:dhcp", { ...nothing, links: [link("eth3", undefined, undefined, true)] }],
  ["ip=:::::eth4:dhcp::::", { ...nothing, links: [link("eth4", undefined, undefined, true)] }],
  ["ip=172.20.0.2::172.20.0.1", { ...nothing, links: [link(undefined, "172.20.0.2/32", "172.20.0.1")] }],
  ["ip=::::master1:eth1 talos.hostname=master2", { ...nothing, hostname: "master2", links: [link("eth1")] }],
  [
    "talos.network.interface.ignore=eth2 talos.network.interface.ignore=enx*",
    { ...nothing, ignoredLinks: ["eth2", "enx*"] },
  ],
  [
    "ip=172.20.0.2:172.21.0.1:172.20.0.1:255.255.255.240:master1:eth1::10.0.0.1:10.0.0.2:10.0.0.3",
    {
      ...nothing,
      hostname: "master1",
      links: [link("eth1", "172.20.0.2/28", "172.20.0.1")],
      dnsServers: ["10.0.0.1", "10.0.0.2"],
      timeServers: ["10.0.0.3"],
    },
  ],
  [
    "ip=[2a03:1:2::12]::[2a03:1:2::11]:[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff8]:n:eth0:off:[2001:4860:4860::8888]",
    {
      ...nothing,
      hostname: "n",
      links: [link("eth0", "2a03:1:2::12/125", "2a03:1:2::11")],
      dnsServers: ["2001:4860:4860::8888"],
    },
  ],
  [
    "ip=[fd00::2]:::64::eth0 ip=10.0.0.2:::8::eth1",
    { ...nothing, links: [link("eth0", "fd00::2/64"), link("eth1", "10.0.0.2/8")] },
  ],
])("%s", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test("an argument that makes no sense is told and left out, the others count", () => {
  const { links, problems } = read("ip=xyz: ip=10.0.0.1:::255.0.255.0 ip=10.0.0.1:::33 ip=eth0:dhcp");
  expect(links).toEqual([link("eth0", undefined, undefined, true)]);
  expect(problems).toEqual([
    'Cannot use the kernel argument ip=xyz:: the address "xyz" is no address',
    'Cannot use the kernel argument ip=10.0.0.1:::255.0.255.0: "255.0.255.0" is no network mask of 10.0.0.1',
    'Cannot use the kernel argument ip=10.0.0.1:::33: "33" is no network mask of 10.0.0.1',
  ]);
});

test("no command line makes it throw", () => {
  const word = fc.string({ unit: fc.constantFrom(..."0123456789abcdef:.[]/=% ip") });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const { links, problems } = read(words.map((text) => `ip=${text}`).join(" "));
      expect(links.length + problems.length).toBeLessThanOrEqual(words.join(" ").split(" ").length);
    }),
  );
});
