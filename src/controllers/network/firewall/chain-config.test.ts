import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { configure, machineWith, setAddresses } from "../../testing.ts";
import { nftablesChainConfigController } from "./chain-config.ts";

const document = (kind: string, fields: string) => `---\napiVersion: v1alpha1\nkind: ${kind}\n${fields}\n`;
const blocking = document("NetworkDefaultActionConfig", "ingress: block");
const kubelet = document(
  "NetworkRuleConfig",
  "name: kubelet\nportSelector: {ports: [30000-32767, 10250], protocol: tcp}\n" +
    "ingress: [{subnet: 10.0.0.0/8, except: 10.3.0.0/16}, {subnet: 192.168.0.0/16}]",
);
const pings = document(
  "NetworkRuleConfig",
  "name: pings\nportSelector: {ports: [1], protocol: icmp}\ningress: [{subnet: 0.0.0.0/0}]",
);

const machine = (...documents: readonly string[]) =>
  machineWith(
    { config: testConfig() + documents.join(""), addresses: ["10.0.2.15/24", "2001:db8::f/64"] },
    nftablesChainConfigController(),
  );

const counted = { anonymousCounter: true };
const trusted = {
  matchIIfName: { interfaceName: ["lo", "siderolink", "kubespan"], operator: "==" },
  ...counted,
  verdict: "accept",
};
const toKubelet = {
  protocol: "tcp",
  matchDestinationPort: {
    ranges: [
      { lo: 10_250, hi: 10_250 },
      { lo: 30_000, hi: 32_767 },
    ],
  },
};
const permitted = { includeSubnets: ["10.0.0.0/8", "192.168.0.0/16"], excludeSubnets: ["10.3.0.0/16"] };
const ofCluster = { includeSubnets: ["10.244.0.0/16", "10.96.0.0/12"] };

test("a machine without firewall documents has no chains, and loses them with the documents", async () => {
  await using runtime = await machine(blocking);
  await runtime.eventually(NfTablesChain, "ingress");
  await configure(runtime, testConfig());
  await runtime.eventuallyGone(NfTablesChain, "ingress");
  await runtime.eventuallyGone(NfTablesChain, "prerouting");
});

test("where everything may come in, a rule keeps out all but those it names", async () => {
  await using runtime = await machine(kubelet);
  const ingress = await runtime.eventually(NfTablesChain, "ingress");
  const refusal = {
    matchSourceAddress: { ...permitted, invert: true },
    matchLayer4: toKubelet,
    ...counted,
    verdict: "drop",
  };
  expect<unknown>(ingress.spec).toEqual({
    ...{ type: "filter", hook: "input", priority: "NfTablesChainPriority(-140)", policy: "accept" },
    rules: [trusted, refusal],
  });
  const prerouting = await runtime.eventually(NfTablesChain, "prerouting");
  expect<unknown>(prerouting.spec).toEqual({
    ...{ type: "filter", hook: "prerouting", priority: "NfTablesChainPriority(-110)", policy: "accept" },
    rules: [
      trusted,
      {
        matchDestinationAddress: { includeSubnets: ["10.0.2.15/32", "2001:db8::f/128"], invert: true },
        ...counted,
        verdict: "accept",
      },
      { matchConntrackState: { states: ["new"] }, ...refusal },
    ],
  });
});

test("where nothing may come in, the standard exceptions come before the rules", async () => {
  await using runtime = await machine(blocking, kubelet, pings);
  const { spec } = await runtime.eventually(NfTablesChain, "ingress");
  const limited = (protocol: string) => ({
    matchLayer4: { protocol },
    matchLimit: { packetRatePerSecond: 5 },
    ...counted,
    verdict: "accept",
  });
  expect(spec.policy).toBe("drop");
  expect<unknown>(spec.rules).toEqual([
    trusted,
    { matchConntrackState: { states: ["established", "related"] }, ...counted, verdict: "accept" },
    { matchConntrackState: { states: ["invalid"] }, ...counted, verdict: "drop" },
    { matchLayer4: { protocol: "icmp", matchICMPType: { types: [13, 14, 17, 18] } }, ...counted, verdict: "drop" },
    {
      matchLayer4: { protocol: "icmpv6", matchICMPType: { types: [130, 134, 135, 136] } },
      ...counted,
      verdict: "accept",
    },
    limited("icmp"),
    limited("icmpv6"),
    { matchSourceAddress: ofCluster, matchDestinationAddress: ofCluster, ...counted, verdict: "accept" },
    { matchSourceAddress: permitted, matchLayer4: toKubelet, ...counted, verdict: "accept" },
    // Pings have no ports, whatever the document has to say.
    {
      matchSourceAddress: { includeSubnets: ["0.0.0.0/0"] },
      matchLayer4: { protocol: "icmp" },
      ...counted,
      verdict: "accept",
    },
  ]);
  const prerouting = await runtime.eventually(NfTablesChain, "prerouting");
  const refusal = (protocol: string) => ({
    matchConntrackState: { states: ["new"] },
    matchLayer4: { protocol },
    ...counted,
    verdict: "drop",
  });
  expect<unknown>(prerouting.spec.rules.slice(-2)).toEqual([refusal("tcp"), refusal("udp")]);
});

test("pods may ask the machine's resolver where it answers them", async () => {
  await using runtime = await machine(blocking);
  await runtime.state.create(HostDNSConfig, "config", {
    enabled: true,
    listenAddresses: [],
    serviceHostDNSAddress: "169.254.116.108",
  });
  const { spec } = await runtime.eventually(NfTablesChain, "ingress", ({ spec: { rules } }) => rules.length === 10);
  const question = (protocol: string) => ({
    matchSourceAddress: ofCluster,
    matchDestinationAddress: { includeSubnets: ["169.254.116.108/32"] },
    matchLayer4: { protocol, matchDestinationPort: { ranges: [{ lo: 53, hi: 53 }] } },
    ...counted,
    verdict: "accept",
  });
  expect<unknown>(spec.rules.slice(-3, -1)).toEqual([question("udp"), question("tcp")]);
});

test("answers of DHCPv6 come in on the links that ask for them", async () => {
  await using runtime = await machine(blocking);
  const asking = { linkName: "eth0", requireUp: true, layer: "configuration" } as const;
  await runtime.state.create(OperatorSpec, "dhcp4/eth0", { ...asking, operator: "dhcp4" });
  await runtime.state.create(OperatorSpec, "dhcp6/eth0", { ...asking, operator: "dhcp6" });
  const { spec } = await runtime.eventually(NfTablesChain, "ingress", ({ spec: { rules } }) => rules.length === 9);
  expect<unknown>(spec.rules.at(-2)).toEqual({
    matchIIfName: { interfaceName: ["eth0"], operator: "==" },
    matchDestinationAddress: { includeSubnets: ["fe80::/10"] },
    matchLayer4: {
      protocol: "udp",
      matchDestinationPort: { ranges: [{ lo: 546, hi: 546 }] },
    },
    ...counted,
    verdict: "accept",
  });
});

test("the chain before translation follows the machine's addresses", async () => {
  await using runtime = await machine(blocking);
  await runtime.eventually(NfTablesChain, "prerouting");
  await setAddresses(runtime, ["192.0.2.1/24"]);
  await runtime.eventually(NfTablesChain, "prerouting", ({ spec: { rules } }) =>
    Bun.deepEquals(rules[1]?.matchDestinationAddress?.includeSubnets, ["192.0.2.1/32"]),
  );
});
