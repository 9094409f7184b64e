import { expect, test } from "bun:test";
import { parameterPath } from "../../linux/kernel-parameter.ts";
import { belongsToNamespace, clusterDefaults, hardening } from "./kernel-parameters.ts";

test("no default undoes what hardening sets, and each names a parameter", () => {
  expect(Object.keys(clusterDefaults).filter((id) => id in hardening)).toEqual([]);
  for (const id of Object.keys({ ...clusterDefaults, ...hardening })) expect(parameterPath(id)).toBeDefined();
});

test.each([
  ["proc.sys.net.ipv4.ip_forward", true],
  ["proc.sys.net/ipv4/conf/eth0.7/forwarding", true],
  ["proc.sys.net.bridge.bridge-nf-call-iptables", false],
  ["proc.sys.kernel.panic", false],
  ["sys.net.ipv4", false],
])("a container may set %s: %p", (id, may) => {
  expect(belongsToNamespace(id)).toBe(may);
});
