import { expect, test } from "bun:test";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { instanceAddress, metadataServer } from "./machine/metadata-server.ts";
import { resources } from "./machine/resources.ts";
import { bootSeeded, type SeededMachine } from "./machine/seeded-machine.ts";
import { eventually } from "./support/eventually.ts";

const minutes = (count: number) => count * 60_000;

/** What the platform says of the machine, once it is that: the API answers sooner. */
const untilKnown = (machine: SeededMachine, expected: object) =>
  until(machine, "platformmetadata", "platformmetadata", expected);

/** Each controller hears of it in its own time. */
const until = (machine: SeededMachine, type: string, id: string, expected: object, ...args: readonly string[]) =>
  eventually(
    async () => (await resources(machine, type, ...args)).get(id)?.spec,
    (spec) => spec !== undefined && Bun.deepMatch(expected, spec),
    { timeoutMs: minutes(6), intervalMs: 1_000 },
  );

/** What QEMU calls its first card. */
const hardwareAddress = "52:54:00:12:34:56";

test(
  "a NoCloud seed is read from a stick, whose network it describes in version 1",
  async () => {
    await using machine = await bootSeeded(async (config, directory) => {
      const seed = join(directory, "seed");
      await mkdir(seed);
      const network = {
        version: 1,
        config: [
          {
            ...{ type: "physical", name: "eth0", mac_address: hardwareAddress },
            subnets: [{ type: "static", address: "10.0.2.15/24", gateway: "10.0.2.2", dns_nameservers: ["10.0.2.3"] }],
          },
        ],
      };
      await Bun.write(join(seed, "user-data"), config);
      await Bun.write(join(seed, "meta-data"), "instance-id: i-stick\nlocal-hostname: stick\n");
      await Bun.write(join(seed, "network-config"), JSON.stringify(network));
      // QEMU makes a partition with a FAT of the directory.
      const volume = `driver=vvfat,node-name=seed,dir=${seed},label=CIDATA,fat-type=16,read-only=on`;
      return { platform: "nocloud", more: ["-blockdev", volume, "-device", "virtio-blk-pci,drive=seed"] };
    });
    expect(await readFile(machine.consolePath, "utf8")).toContain("loaded from nocloud's user data");
    await untilKnown(machine, { platform: "nocloud", hostname: "stick", instanceId: "i-stick" });
    const wishes = ["--namespace", "network-config"];
    await until(machine, "addressspecs", "platform/eth0/10.0.2.15/24", { address: "10.0.2.15/24" }, ...wishes);
    await until(machine, "resolverspecs", "platform/resolvers", { dnsServers: ["10.0.2.3"] }, ...wishes);
    await until(machine, "hostnamespecs", "platform/hostname", { hostname: "stick" }, ...wishes);
    expect(await machine.ask("read", "/proc/mounts")).not.toContain("vfat");
  },
  minutes(20),
);

test(
  "a NoCloud seed is fetched from the server that the firmware names, and nobody is told where",
  async () => {
    const secret = "a-path-that-is-a-secret";
    const files = new Map<string, string>();
    const asked = new Set<string>();
    await using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch({ url }) {
        const { pathname } = new URL(url);
        asked.add(pathname);
        const text = files.get(pathname);
        return text === undefined ? new Response("", { status: 404 }) : new Response(text);
      },
    });
    await using machine = await bootSeeded(async (config) => {
      files.set(`/${secret}/user-data`, config);
      files.set(`/${secret}/meta-data`, "instance-id: i-web\n");
      const network = `version: 2\nethernets:\n  any: { match: { macaddress: "${hardwareAddress}" }, dhcp4: true, mtu: 1400 }\n`;
      files.set(`/${secret}/network-config`, network);
      const serial = `ds=nocloud;s=http://10.0.2.2:${server.port}/${secret}/;h=web`;
      return { platform: "nocloud", more: ["-smbios", `type=1,serial=${serial}`] };
    });
    await untilKnown(machine, { platform: "nocloud", hostname: "web", instanceId: "i-web" });
    expect([...asked].toSorted()).toEqual([...files.keys()].toSorted());
    await until(machine, "operatorspecs", "dhcp4/eth0", { layer: "platform" });
    await until(machine, "links", "eth0", { mtu: 1_400 });
    expect(await readFile(machine.consolePath, "utf8")).not.toContain(secret);
    expect(await machine.ask("dmesg")).not.toContain(secret);
  },
  minutes(20),
);

test(
  "an EC2 instance asks its metadata service by token, and is what that says",
  async () => {
    await using service = metadataServer();
    await using machine = await bootSeeded(async (config) => {
      service.tell({
        "user-data": config,
        "meta-data/hostname": "ip-169-0-0-15.ec2.internal",
        "meta-data/instance-id": "i-0123456789abcdef0",
        "meta-data/instance-type": "t3.small",
        "meta-data/instance-life-cycle": "spot",
        "meta-data/placement/region": "eu-central-1",
        "meta-data/placement/availability-zone": "eu-central-1a",
        "meta-data/public-ipv4": "203.0.113.9",
        "meta-data/tags/instance": "Name",
        "meta-data/tags/instance/Name": "first",
        "meta-data/network/interfaces/macs/": `${hardwareAddress}/`,
        [`meta-data/network/interfaces/macs/${hardwareAddress}/device-number`]: "0",
        [`meta-data/network/interfaces/macs/${hardwareAddress}/local-ipv4s`]: instanceAddress,
      });
      return { platform: "aws", networkOptions: service.networkOptions };
    }, instanceAddress);
    await untilKnown(machine, {
      ...{ platform: "aws", region: "eu-central-1", zone: "eu-central-1a", instanceType: "t3.small", spot: true },
      ...{ instanceId: "i-0123456789abcdef0", providerId: "aws:///eu-central-1a/i-0123456789abcdef0" },
      tags: { Name: "first" },
    });
    expect(service.refused).toBe(0);
    await until(machine, "addresses", "external/203.0.113.9/32", { linkName: "external" });
    await until(machine, "addresses", `eth0/${instanceAddress}/8`, { linkName: "eth0" });
    // DHCP's word counts more; in this cloud it says the same.
    const name = { hostname: "ip-169-0-0-15", domainname: "ec2.internal" };
    await until(machine, "hostnamespecs", "platform/hostname", name, "--namespace", "network-config");
    await until(machine, "operatorspecs", "dhcp4/eth0", { layer: "platform" });
    await eventually(
      () => machine.ask("get", "timeservers"),
      (table) => table.includes("169.254.169.123"),
      { timeoutMs: minutes(6) },
    );
    await eventually(
      () => machine.ask("read", "/system/state/platform-network.yaml"),
      (saved) => saved.includes("203.0.113.9"),
      { timeoutMs: minutes(6) },
    );
  },
  minutes(20),
);
