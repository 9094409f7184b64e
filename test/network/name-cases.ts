import { describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { document, minutes, publicClient, type ToldMachine } from "./told.ts";

/** What a machine and others are called, and who is asked. */
export function nameCases(told: ToldMachine): void {
  describe("names", () => {
    test(
      "follow the configuration: ours, those of others, and whom to ask",
      async () => {
        const before = (await told.resources("hostname")).get("hostname")?.spec.hostname;
        await told.patch(
          "machine: { network: { extraHostEntries: [{ ip: 10.0.2.201, aliases: [old.example.org] }] } }\n" +
            document("StaticHostConfig", "name: 10.0.2.200\nhostnames: [lab.example.org, lab]") +
            document(
              "ResolverConfig",
              "nameservers: [{ address: 10.0.2.53 }]\nsearchDomains: { domains: [corp.example.org] }",
            ) +
            document("HostnameConfig", "auto: off\nhostname: renamed.example.org"),
        );
        await told.until("hostname", "hostname", { hostname: "renamed", domainname: "example.org" });
        await told.untilAnswer(/^renamed\n$/, "read", "/proc/sys/kernel/hostname");
        for (const line of [
          /^10\.0\.\d+\.\d+ renamed\.example\.org renamed$/m,
          /^10\.0\.2\.200 lab\.example\.org lab$/m,
          /^10\.0\.2\.201 old\.example\.org$/m,
        ]) {
          await told.untilAnswer(line, "read", "/etc/hosts");
        }
        await told.until("resolvers", "resolvers", { dnsServers: ["10.0.2.53"] });
        await told.until("dnsupstreams", "#000 10.0.2.53", { addr: "10.0.2.53:53" });
        // Programs ask the machine's own resolver, which asks the servers.
        const programs = /^nameserver 127\.0\.0\.53\nsearch corp\.example\.org example\.org\n$/;
        await told.untilAnswer(programs, "read", "/etc/resolv.conf");
        if (publicClient !== undefined) {
          for (const type of ["hostname", "hostnamespecs", "resolvers", "resolverspecs"]) {
            await told.untilSameToBoth("get", type);
          }
        }

        await told.patch(
          `machine: { network: { extraHostEntries: { $patch: delete } } }\n${document("StaticHostConfig", "name: 10.0.2.200\n$patch: delete")}` +
            document("ResolverConfig", "$patch: delete") +
            document("HostnameConfig", "$patch: delete") +
            document("HostnameConfig", "auto: stable"),
        );
        await told.until("hostname", "hostname", { hostname: before });
        await eventually(
          () => told.machine.ask("read", "/etc/hosts"),
          (hosts) => new RegExp(` ${before}$`, "m").test(hosts) && !/lab|old/.test(hosts),
        );
        await told.until("resolvers", "resolvers", { dnsServers: ["10.0.2.3"] });
      },
      minutes(15),
    );

    test(
      "of servers come by DHCPv6 as well, beside those of DHCP",
      async () => {
        await told.patch(document("DHCPv6Config", "name: eth0"));
        await told.until("operatorspecs", "dhcp6/eth0", { linkName: "eth0", requireUp: true });
        // QEMU's network announces its prefix, and tells by DHCPv6 whom to ask.
        await told.until("resolvers", "resolvers", { dnsServers: ["10.0.2.3", "fec0::3"] });
        const wishes = await told.resources("resolverspecs", "--namespace", "network-config");
        expect(wishes.get("dhcp6/eth0/resolvers")?.spec).toMatchObject({ dnsServers: ["fec0::3"], layer: "operator" });
        const own = async () => (await told.idsOf("addresses")).filter((id) => id.startsWith("eth0/fec0::"));
        await eventually(own, ({ length }) => length === 1);
        await told.patch(document("DHCPv6Config", "name: eth0\n$patch: delete"));
        await told.untilGone("operatorspecs", "dhcp6/eth0");
        await told.until("resolvers", "resolvers", { dnsServers: ["10.0.2.3"] });
      },
      minutes(9),
    );
  });
}
