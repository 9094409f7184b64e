import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import type { TestRuntime } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { Nftables } from "../../../netlink/nftables/nftables.ts";
import { nft } from "../../../netlink/nftables/testing/nft.ts";
import { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { configure, machineWith } from "../../testing.ts";
import { nftablesChainController } from "./chain.ts";
import { nftablesChainConfigController } from "./chain-config.ts";
import { type Ask, echoAt, withNeighbour } from "./testing/two-networks.ts";

const document = (kind: string, fields: string) => `---\napiVersion: v1alpha1\nkind: ${kind}\n${fields}\n`;
const blocking = document("NetworkDefaultActionConfig", "ingress: block");
const rule = (name: string, ports: string, ...subnets: readonly string[]) =>
  document(
    "NetworkRuleConfig",
    `name: ${name}\nportSelector: {ports: [${ports}], protocol: tcp}\n` +
      `ingress: [${subnets.map((subnet) => `{subnet: "${subnet}"}`).join(", ")}]`,
  );

async function firewall(...documents: readonly string[]): Promise<TestRuntime> {
  const runtime = await machineWith(
    { config: testConfig() + documents.join(""), addresses: ["192.0.2.1/24", "fd00::1/64"] },
    nftablesChainConfigController(),
    nftablesChainController({ loadModules: async () => {}, openNftables: () => new Nftables() }),
  );
  await inForce(runtime, "prerouting");
  return runtime;
}

/** Waits until the kernel has what the controller says it gave it. */
const inForce = ({ logged }: TestRuntime, said: string) => eventually(() => logged.at(-1)?.includes(said) === true);

const outcomes = (ask: Ask, questions: readonly string[]) => Promise.all(questions.map(ask));

test("where nothing may come in, only those whom a rule names reach its port", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000, 5_001);
    expect(await ask("tcp 192.0.2.200 192.0.2.1 5000")).toBe("open");
    await using _runtime = await firewall(blocking, rule("ours", "5000", "192.0.2.0/25", "fd00::/64"));
    expect(
      await outcomes(ask, [
        "tcp 192.0.2.10 192.0.2.1 5000",
        "tcp fd00::10 fd00::1 5000",
        "tcp 192.0.2.200 192.0.2.1 5000",
        "tcp 192.0.2.10 192.0.2.1 5001",
        "udp 192.0.2.10 192.0.2.1 5000",
      ]),
    ).toEqual(["open", "open", "silent", "silent", "silent"]);
  }));

test("where everything may come in, only those whom a rule does not name are kept from its port", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000, 5_001);
    await using _runtime = await firewall(rule("ours", "5000", "192.0.2.0/25", "fd00::/64"));
    expect(
      await outcomes(ask, [
        "tcp 192.0.2.10 192.0.2.1 5000",
        "tcp fd00::10 fd00::1 5000",
        "tcp 192.0.2.200 192.0.2.1 5000",
        "tcp 192.0.2.200 192.0.2.1 5001",
        "udp 192.0.2.200 192.0.2.1 5000",
      ]),
    ).toEqual(["open", "open", "silent", "open", "open"]);
  }));

test("connections outlive the rule that let them in", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000);
    await using runtime = await firewall(blocking, rule("ours", "5000", "192.0.2.0/24"));
    expect(await ask("keep 192.0.2.10 192.0.2.1 5000")).toBe("open");
    await configure(runtime, testConfig() + blocking);
    await inForce(runtime, "ingress with 8 rules");
    expect(await ask("tcp 192.0.2.10 192.0.2.1 5000")).toBe("silent");
    expect(await ask("echo")).toBe("open");
  }));

test("a connection from before the firewall goes on where a rule lets it", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000);
    expect(await ask("keep 192.0.2.10 192.0.2.1 5000")).toBe("open");
    await using _runtime = await firewall(blocking, rule("ours", "5000", "192.0.2.0/24"));
    expect(await ask("echo")).toBe("open");
  }));

test("a port that is translated is a port of the machine all the same", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000);
    // As a proxy of Kubernetes does for a node port.
    const proxy =
      "chain services { type nat hook prerouting priority dstnat; tcp dport { 30000, 30001 } redirect to :5000; }";
    nft(["-f", "-"], `table ip proxy { ${proxy}\n}\n`);
    await using _runtime = await firewall(
      blocking,
      rule("a", "5000", "192.0.2.0/24"),
      rule("b", "30001", "192.0.2.0/25"),
    );
    expect(
      await outcomes(ask, [
        "tcp 192.0.2.10 192.0.2.1 30000",
        "tcp 192.0.2.10 192.0.2.1 30001",
        "tcp 192.0.2.200 192.0.2.1 30001",
      ]),
    ).toEqual(["silent", "open", "silent"]);
    expect(nft(["list", "table", "ip", "proxy"])).toContain("redirect to :5000");
  }));

test("a chain that the kernel refuses is told once, and leaves the rules before in force", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000, 5_001);
    await using runtime = await firewall(blocking, rule("ours", "5000", "192.0.2.0/24"));
    const bogus = { type: "bogus", hook: "input", priority: "filter", policy: "accept", rules: [] } as const;
    await runtime.state.create(NfTablesChain, "bogus", bogus);
    await inForce(runtime, "Cannot make the chain bogus");
    await configure(runtime, testConfig() + blocking + rule("other", "5001", "192.0.2.0/24"));
    await runtime.eventually(NfTablesChain, "ingress", ({ spec }) => JSON.stringify(spec).includes("5001"));
    expect(await outcomes(ask, ["tcp 192.0.2.10 192.0.2.1 5000", "tcp 192.0.2.10 192.0.2.1 5001"])).toEqual([
      "open",
      "silent",
    ]);
    expect(runtime.logged.filter((line) => line.includes("bogus"))).toHaveLength(1);
    await runtime.state.destroy(NfTablesChain, "bogus");
    await inForce(runtime, "the firewall is on");
    expect(await ask("tcp 192.0.2.10 192.0.2.1 5001")).toBe("open");
  }));

test("without documents the table is gone, and others' tables stay", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000);
    nft(["add", "table", "ip", "theirs"]);
    await using runtime = await firewall(blocking);
    expect(await ask("tcp 192.0.2.10 192.0.2.1 5000")).toBe("silent");
    await configure(runtime, testConfig());
    await inForce(runtime, "the firewall is off");
    expect(await ask("tcp 192.0.2.10 192.0.2.1 5000")).toBe("open");
    expect(nft(["list", "tables"])).toBe("table ip theirs\n");
  }));

test("however many neighbours there are, they are found", () =>
  withNeighbour(async (ask) => {
    using _ports = await echoAt(5_000);
    await using _runtime = await firewall(blocking, rule("ours", "5000", "fd00::/64"));
    // For each the machine asks where it is, and the answer has to come in.
    const hosts = Array.from({ length: 32 }, (_, index) => (0x10 + index).toString(16));
    const found = await outcomes(
      ask,
      hosts.map((host) => `tcp fd00::${host} fd00::1 5000`),
    );
    expect(found).toEqual(hosts.map(() => "open"));
  }));
