import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { connect } from "node:tls";
import type { Client } from "../src/talosctl/client/client.ts";
import { monitorCommand } from "../src/talosctl/cluster/qemu/monitor.ts";
import { openApi } from "./machine/api.ts";
import { bootMachine, type TestMachine } from "./machine/machine.ts";
import { hardwareCases } from "./network/hardware-cases.ts";
import { nameCases } from "./network/name-cases.ts";
import { laterReachCases, reachCases } from "./network/reach-cases.ts";
import { timeCases } from "./network/time-cases.ts";
import { minutes, publicClient, toldMachine } from "./network/told.ts";
import { eventually } from "./support/eventually.ts";

/**
 * A machine with seven network cards: eth0 is how we reach it, eth1 is in a network of its own with a DHCP server, eth2 and
 * eth3 are plugged into each other, and so are eth4 and eth5; eth6 is of another make. The order matters.
 */
let machine: TestMachine;
let api: Client;

beforeAll(async () => {
  // Said, for once there is a document about any link, cards do not ask by themselves any more.
  const way = JSON.stringify({ machine: { network: { interfaces: [{ interface: "eth0", dhcp: true }] } } });
  machine = await bootMachine("--extra-nics", "network,cable,cable,vmxnet3", "--config-patch", way);
  api = await openApi(join(machine.directory, "talosconfig"));
}, minutes(22));

afterAll(async () => {
  api?.[Symbol.dispose]();
  await machine?.[Symbol.asyncDispose]();
}, minutes(5));

const told = toldMachine(() => machine);
const { resources, idsOf, patch, until, untilGone, untilLogged, untilAnswer, untilSameToBoth, theirs } = told;

/**
 * Lines of a capture, until one is as it is wanted; none when none was in time. Promiscuous, for a card leaves out packets
 * of VLANs that it has none of.
 */
async function seen(link: string, wanted: RegExp, duration = "120s"): Promise<string | undefined> {
  const capture = Bun.spawn(
    [
      join(machine.directory, "../../talosctl"),
      ...["--talosconfig", join(machine.directory, "talosconfig")],
      "pcap",
    ].concat(["-i", link, "--promiscuous", "--duration", duration]),
    { stdout: "pipe", stderr: "inherit" },
  );
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of capture.stdout) {
    text += decoder.decode(chunk, { stream: true });
    const line = text.split("\n").find((each) => wanted.test(each));
    if (line !== undefined) {
      capture.kill();
      return line;
    }
  }
  return undefined;
}

describe("without being told", () => {
  test(
    "every card asks for an address, and gets one where there is a server",
    async () => {
      await until("addresses", "eth0/10.0.2.15/24", { linkName: "eth0", family: "inet4", scope: "global" });
      await until("addresses", "eth1/10.0.3.15/24", { linkName: "eth1" });
      for (const name of ["eth0", "eth1", "eth2", "eth3", "eth4", "eth5"]) {
        await until("links", name, { type: "ether", kind: "", driver: "virtio_net", linkState: true });
      }
      await until("operatorspecs", "dhcp4/eth5", { linkName: "eth5", requireUp: true });
    },
    minutes(9),
  );

  test(
    "a second network takes nothing from the first",
    async () => {
      const routes = [...(await resources("routes")).values()].map(({ spec }) => spec);
      const ways = routes.filter(({ dst, table, family }) => dst === "" && table === "main" && family === "inet4");
      expect(ways.map(({ gateway, outLinkName }) => [gateway, outLinkName])).toEqual([["10.0.2.2", "eth0"]]);
      // Of both networks the one whose server was quicker.
      const addresses = (await resources("nodeaddresses")).get("default")?.spec.addresses;
      expect(addresses).toHaveLength(1);
      expect(["10.0.2.15/24", "10.0.3.15/24"]).toContain(addresses[0]);
      const ready = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
      await until("networkstatus", "status", ready);
    },
    minutes(6),
  );
});

describe("the steps of the documentation", () => {
  test(
    "lead from what is, over what was merged, to where it came from",
    async () => {
      expect(await machine.ask("get", "addresses")).toMatch(
        /^NODE +NAMESPACE +TYPE +ID +VERSION +ADDRESS +LINK\n(?:.*\n)*10\.0\.2\.15 +network +AddressStatus +eth0\/10\.0\.2\.15\/24 +\d+ +10\.0\.2\.15\/24 +eth0\n/,
      );
      const address = await machine.ask("get", "address", "eth0/10.0.2.15/24", "-o", "yaml");
      for (const line of [
        "owner: network.AddressStatusController",
        "linkName: eth0",
        "family: inet4",
        "scope: global",
        "flags: permanent",
      ]) {
        expect(address).toContain(line);
      }
      const spec = (await resources("addressspecs")).get("eth0/10.0.2.15/24");
      expect(spec).toMatchObject({
        metadata: { owner: "network.AddressMergeController" },
        spec: { layer: "operator" },
      });
      const wishes = await idsOf("addressspecs", "--namespace", "network-config");
      expect(wishes).toContain("dhcp4/eth0/eth0/10.0.2.15/24");
      const names = await resources("hostnamespecs", "--namespace", "network-config");
      expect([...names.keys()]).toEqual(expect.arrayContaining(["default/hostname", "dhcp4/eth0/hostname"]));
      const merged = (await resources("hostnamespecs")).get("hostname")?.spec;
      expect(await machine.ask("get", "hostnamestatus")).toContain(merged.hostname);
      await untilAnswer(/ResolverStatus +resolvers +\d+ +\["10\.0\.2\.3"/, "get", "resolvers");
    },
    minutes(9),
  );

  test.if(publicClient !== undefined)(
    "show the same tables to both clients",
    async () => {
      for (const type of ["addresses", "links", "routes", "resolvers", "hostname", "timeservers", "nodeaddresses"]) {
        await eventually(
          async () => [await machine.ask("get", type), await theirs("get", type), await machine.ask("get", type)],
          ([before, shown, after]) => shown === before || shown === after,
        );
      }
      for (const type of ["linkspecs", "addressspecs", "routespecs", "operatorspecs", "networkstatus"]) {
        await untilSameToBoth("get", type, "-o", "yaml");
      }
    },
    minutes(15),
  );
});

describe("as it is told", () => {
  test(
    "a card has the address and the routes of the config, and no others",
    async () => {
      await patch(`
machine:
  network:
    interfaces:
      - interface: eth1
        dhcp: false
        mtu: 1400
        addresses: [10.0.3.77/24, "fd00:3::77/64"]
        routes: [{network: 10.99.0.0/16, gateway: 10.0.3.2, metric: 2048}]
`);
      await until("addresses", "eth1/10.0.3.77/24", { linkName: "eth1", flags: "permanent" });
      await until("addresses", "eth1/fd00:3::77/64", { family: "inet6" });
      await until("links", "eth1", { mtu: 1400 });
      await untilGone("addresses", "eth1/10.0.3.15/24");
      const route = { gateway: "10.0.3.2", outLinkName: "eth1", priority: 2048, table: "main" };
      await eventually(
        async () => [...(await resources("routes")).values()].find(({ spec }) => spec.dst === "10.99.0.0/16")?.spec,
        (spec) => Bun.deepMatch(route, spec ?? {}),
      );
      const wishes = await idsOf("addressspecs", "--namespace", "network-config");
      expect(wishes).toContain("configuration/eth1/10.0.3.77/24");
    },
    minutes(12),
  );

  test(
    "a VLAN's packets have its tag on the wire",
    async () => {
      const other = seen("eth3", /VLAN 7 .*fe80::/);
      await patch(`
machine:
  network:
    interfaces:
      - interface: eth2
        dhcp: false
        vlans: [{vlanId: 7, addresses: [10.7.0.1/24], dhcp: false}]
`);
      await until("addresses", "eth2.7/10.7.0.1/24", { linkName: "eth2.7" });
      const vlan = { vlanID: 7, vlanProtocol: "802.1q" };
      await until("links", "eth2.7", { kind: "vlan", operationalState: "up", vlan });
      expect(await other).toMatch(/VLAN 7 IP6 /);
    },
    minutes(12),
  );

  test(
    "what cannot be done is told, and nothing else suffers from it",
    async () => {
      await patch(`
apiVersion: v1alpha1
kind: VLANConfig
name: vlan9
vlanID: 9
parent: eth9
---
machine:
  network:
    interfaces: [{interface: eth1, mtu: 1300}]
`);
      // A neighbour of it is changed all the same, and the API goes on.
      await until("links", "eth1", { mtu: 1300 });
      expect(await idsOf("links")).not.toContain("vlan9");
      await untilLogged(/Cannot .*(?:vlan9.*eth9|eth9.*vlan9)/);
    },
    minutes(12),
  );
});

hardwareCases(told);
reachCases(told);
nameCases(told);
timeCases(told);

test(
  "a firewall keeps from its ports all but those whom its rules name",
  async () => {
    // QEMU's network has us at 10.0.2.2.
    const [{ host, ports } = { host: "", ports: { apid: 0, trustd: 0 } }] = machine.nodes;
    await untilOpen(host, ports.trustd);
    const rule = (name: string, port: number, subnet: string) =>
      `---\napiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: ${name}\n` +
      `portSelector: {ports: [${port}], protocol: tcp}\ningress: [{subnet: ${subnet}}]\n`;
    await patch(
      `apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n` +
        `${rule("apid", 50_000, "10.0.2.0/24")}${rule("trustd", 50_001, "10.0.3.0/24")}`,
    );
    await until("nftableschains", "ingress", { type: "filter", hook: "input", policy: "drop" });
    await until("nftableschains", "prerouting", { type: "filter", hook: "prerouting", policy: "accept" });
    await untilLogged(/the firewall is on: ingress with/);
    expect(await shakesHands(host, ports.trustd)).toBe(false);
    await untilOpen(host, ports.apid);
    if (publicClient !== undefined) await untilSameToBoth("get", "nftableschains");
    await patch(rule("trustd", 50_001, "10.0.2.0/24"));
    await untilOpen(host, ports.trustd);
  },
  minutes(12),
);

laterReachCases(told);

const untilOpen = (host: string, port: number) =>
  eventually(() => shakesHands(host, port), Boolean, { timeoutMs: minutes(4), intervalMs: 1_000 });

/** Whether somebody shakes hands there: QEMU itself accepts connections, whatever becomes of them. */
function shakesHands(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, rejectUnauthorized: false, timeout: 10_000 });
  socket.once("secureConnect", () => resolve(true));
  for (const event of ["timeout", "error", "close"] as const) socket.once(event, () => resolve(false));
  return promise.finally(() => socket.destroy());
}

test(
  "a config that cuts the API off is undone by itself",
  async () => {
    const answers = () =>
      api.call("machine.MachineService/Version", {}, { timeoutMs: 10_000 }).then(
        () => true,
        () => false,
      );
    const before = await machine.ask("read", "/system/state/config.yaml");
    const cut = JSON.stringify({
      machine: { network: { interfaces: [{ interface: "eth0", dhcp: false, addresses: ["10.0.9.9/24"] }] } },
    });
    const applied = machine.talosctl("patch", "machineconfig", "-p", cut, "--mode", "try", "--timeout", "30s");
    await eventually(answers, (isReached) => !isReached, { timeoutMs: minutes(3) });
    await eventually(answers, (isReached) => isReached, { timeoutMs: minutes(6) });
    await applied;
    await until("addresses", "eth0/10.0.2.15/24", { linkName: "eth0" });
    await untilGone("addresses", "eth0/10.0.9.9/24");
    expect(await machine.ask("read", "/system/state/config.yaml")).toBe(before);
  },
  minutes(15),
);

test(
  "two bonds find each other by LACP, and outlive a card",
  async () => {
    await patch(`
machine:
  network:
    interfaces:
      - {interface: eth2, $patch: delete}
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
links: [eth2, eth4]
bondMode: 802.3ad
lacpRate: fast
miimon: 100
addresses: [{address: 10.8.0.1/24}]
---
apiVersion: v1alpha1
kind: BondConfig
name: bond1
links: [eth3, eth5]
bondMode: 802.3ad
lacpRate: fast
miimon: 100
`);
    await until("addresses", "bond0/10.8.0.1/24", { linkName: "bond0" });
    await untilGone("links", "eth2.7");
    await until("links", "bond0", { kind: "bond", operationalState: "up", bondMaster: { mode: "802.3ad" } });
    await until("links", "bond1", { operationalState: "up" });
    for (const name of ["eth2", "eth4"]) await until("links", name, { slaveKind: "bond" });
    // Of both ends: LACP's own protocol, from each card to the group of all slow ones.
    expect(await seen("eth3", /> 01:80:c2:00:00:02: protocol 0x8809/)).toBeDefined();
    await eventually(
      () => machine.ask("read", "/proc/net/bonding/bond0"),
      (bond) => /Partner Mac Address: (?!00:00:00:00:00:00)/.test(bond),
      { timeoutMs: minutes(4), intervalMs: 1_000 },
    );
    // The cable between eth4 and eth5 comes out at one end.
    await monitorCommand(machine.monitorPath, "set_link", { name: "net3a", up: false });
    await until("links", "eth4", { linkState: false });
    await until("links", "bond0", { operationalState: "up", linkState: true });
  },
  minutes(18),
);
