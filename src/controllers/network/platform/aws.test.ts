import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../../test/support/fuzz.ts";
import { messageOf } from "../../../errors/message.ts";
import { readInstance } from "../../../platform/aws/instance.ts";
import { MetadataService } from "../../../platform/aws/metadata-service.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { awsSource } from "./aws.ts";
import { nothingSaid } from "./nothing-said.ts";

const { signal } = new AbortController();
const base = "/latest/meta-data/";
const second = `${base}network/interfaces/macs/06:00:00:00:00:02/`;

const values: Readonly<Record<string, string>> = {
  [`${base}hostname`]: "node-1.example.org",
  [`${base}instance-id`]: "i-07",
  [`${base}instance-type`]: "t9.nano",
  [`${base}instance-life-cycle`]: "spot",
  [`${base}local-hostname`]: "ip-10-0-0-10.internal",
  [`${base}public-ipv4`]: "203.0.113.9",
  [`${base}placement/region`]: "eu-north-7",
  [`${base}placement/availability-zone`]: "eu-north-7b",
  [`${base}tags/instance`]: "cluster\nof mine",
  [`${base}tags/instance/cluster`]: "mine",
  [`${base}tags/instance/of%20mine`]: "yes",
  [`${base}network/interfaces/macs/`]: "06:00:00:00:00:01/\n06:00:00:00:00:02/",
  [`${base}network/interfaces/macs/06:00:00:00:00:01/device-number`]: "1",
  [`${second}device-number`]: "0",
  [`${second}local-ipv4s`]: "10.0.0.10\n10.0.0.11",
  "/latest/user-data": "version: v1alpha1\n",
};

/** Version 2 of the service: it answers only who shows the token that it gave. */
function metadataServer(answers: Readonly<Record<string, string>>) {
  const token = "a-token";
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/latest/api/token") {
        const isGood = request.method === "PUT" && request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") !== null;
        return isGood ? new Response(token) : new Response("", { status: 405 });
      }
      if (request.headers.get("x-aws-ec2-metadata-token") !== token) return new Response("", { status: 401 });
      asked.push(pathname);
      const answer = answers[pathname];
      return answer === undefined ? new Response("", { status: 404 }) : new Response(answer);
    },
  });
  return { asked, endpoint: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

const link = (hardwareAddr: string): LinkStatus => ({
  ...LinkStatus.decodeProto(new Uint8Array()),
  ...{ type: "ether", hardwareAddr },
});

test("an instance is what its metadata says, and its first interface asks for addresses", async () => {
  await using server = metadataServer(values);
  const answer = await awsSource({ endpoints: ["http://127.0.0.1:1", server.endpoint] }).read(signal);
  const { config } = answer?.(new Map([["ens5", link("06:00:00:00:00:02")]])) ?? {};
  expect(config?.metadata).toEqual({
    ...{ platform: "aws", hostname: "node-1.example.org", region: "eu-north-7", zone: "eu-north-7b", spot: true },
    ...{ instanceType: "t9.nano", instanceId: "i-07", providerId: "aws:///eu-north-7b/i-07" },
    ...{ internalDNS: "ip-10-0-0-10.internal", tags: { cluster: "mine", "of mine": "yes" } },
  });
  expect(config).toMatchObject({
    hostnames: [{ hostname: "node-1", domainname: "example.org" }],
    links: [{ name: "ens5", up: true, layer: "platform" }],
    operators: [{ operator: "dhcp4", linkName: "ens5", requireUp: true, dhcp4: { routeMetric: 1_024 } }],
    timeServers: [{ timeServers: ["169.254.169.123", "fd00:ec2::123"] }],
    ...{ resolvers: [], externalIPs: ["203.0.113.9"], addresses: [] },
  });
});

test("where there is only IPv6, nobody asks for IPv4, and the cloud's DNS server is used", async () => {
  const { [`${second}local-ipv4s`]: _, [`${base}public-ipv4`]: __, ...rest } = values;
  await using server = metadataServer({ ...rest, [`${second}ipv6s`]: "2001:db8::7" });
  const answer = await awsSource({ endpoints: [server.endpoint] }).read(signal);
  const { config } = answer?.(new Map()) ?? {};
  expect(config?.operators).toMatchObject([{ operator: "dhcp6", linkName: "eth0", dhcp6: { routeMetric: 1_024 } }]);
  expect(config?.resolvers).toMatchObject([{ dnsServers: ["fd00:ec2::253"] }]);
});

test("an instance that is told next to nothing asks for an address all the same", async () => {
  await using server = metadataServer({ [`${base}network/interfaces/macs/`]: "06:00:00:00:00:01/" });
  const service = await MetadataService.open(signal, { endpoints: [server.endpoint] });
  const instance = await readInstance(service, signal);
  expect(instance.primary).toEqual({ hardwareAddr: "06:00:00:00:00:01", hasIPv4: false, hasIPv6: false });
  const answer = await awsSource({ endpoints: [server.endpoint] }).read(signal);
  expect(answer?.(new Map()).config.operators).toMatchObject([{ operator: "dhcp4" }]);
});

test("user data is the machine's config; blanks are none", async () => {
  const userData = async (answers: Readonly<Record<string, string>>) => {
    await using server = metadataServer(answers);
    const service = await MetadataService.open(signal, { endpoints: [server.endpoint] });
    const found = await service.userData(signal);
    return found === undefined ? undefined : new TextDecoder().decode(found);
  };
  expect(await userData(values)).toBe("version: v1alpha1\n");
  expect(await userData({ "/latest/user-data": " \n\t\n" })).toBeUndefined();
  expect(await userData({})).toBeUndefined();
});

test("a service that cannot be reached, or gives no token, is told", async () => {
  const nobody = ["http://127.0.0.1:1", "http://[::1]:1"];
  const problem = await awsSource({ endpoints: nobody }).read(signal).catch(messageOf);
  expect(problem).toStartWith("Cannot reach the instance's metadata service");
  await using refusing = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("", { status: 403 }) });
  const refused = await awsSource({ endpoints: [`http://127.0.0.1:${refusing.port}`] })
    .read(signal)
    .catch(messageOf);
  expect(refused).toContain("HTTP status 403");
});

test("until it is known what the instance has, both families ask", () => {
  const { meanwhile } = awsSource();
  expect(meanwhile?.operators.map(({ operator }) => operator)).toEqual(["dhcp4", "dhcp6"]);
});

test("no answer makes the reader throw", async () => {
  const paths = Object.keys(values).filter((path) => path.startsWith(base));
  const answers = fc.dictionary(fc.constantFrom(...paths), fc.string({ unit: "binary" }));
  await fc.assert(
    fc.asyncProperty(answers, async (some) => {
      await using server = metadataServer({ ...values, ...some });
      const answer = await awsSource({ endpoints: [server.endpoint] }).read(signal);
      const { config } = answer?.(new Map()) ?? {};
      expect(PlatformConfig.encodeProto(config ?? nothingSaid).length).toBeGreaterThan(0);
      expect(config?.metadata?.platform).toBe("aws");
    }),
    { numRuns: fuzzCases(8) },
  );
});
