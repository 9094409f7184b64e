import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { PlatformConfig } from "./network/platform-config.ts";
import { RouteSpec } from "./network/route-spec.ts";
import { allTypes } from "./registry.ts";

test.each(allTypes.flatMap((type) => ("fromYaml" in type ? [[type.type, type] as const] : [])))(
  "%s reads what it shows",
  (_name, type) => {
    const empty = type.decodeProto(new Uint8Array());
    const fromYaml = type.fromYaml as (value: unknown) => unknown;
    expect(type.toYamlValue(fromYaml(type.toYamlValue(empty)))).toEqual(type.toYamlValue(empty));
  },
);

test("a spec is read as people write it", () => {
  const unknown: string[] = [];
  const config = PlatformConfig.fromYaml(
    {
      links: [
        { name: "eth1", up: true, masterName: "bond0", slaveIndex: 1, colour: "red" },
        {
          name: "bond0",
          kind: "bond",
          bondMaster: { mode: "802.3ad", adLacpActive: "on", arpIpTargets: ["10.0.0.1"] },
        },
      ],
      addresses: [{ address: "10.0.0.2/24", linkName: "bond0", family: "inet4", flags: "permanent,noprefixroute" }],
      routes: [{ gateway: "10.0.0.1", table: "main", priority: 7, dst: null }],
      operators: [{ operator: "dhcp4", linkName: "eth0", dhcp4: { routeMetric: 1_024 } }],
      probes: [{ interval: "1m30s", failureThreshold: 3, tcp: { endpoint: "h:443", timeout: "10s" } }],
      externalIPs: ["2001:DB8:0::1"],
      metadata: { platform: "metal", tags: { a: "b" } },
    },
    { onUnknown: (path) => unknown.push(path) },
  );
  expect(unknown).toEqual(["links[0].colour"]);
  expect(config.links[0]).toMatchObject({ name: "eth1", bondSlave: { masterName: "bond0", slaveIndex: 1 } });
  expect(config.links[1]?.bondMaster).toMatchObject({
    mode: "802.3ad",
    adLacpActive: "on",
    arpIpTargets: ["10.0.0.1"],
  });
  expect(config.addresses[0]?.flags).toBe(0x280);
  expect(config.routes[0]).toMatchObject({ table: 254, dst: "", family: "0", type: "unspec" });
  expect(config.probes?.[0]).toMatchObject({ interval: 90_000, tcp: { timeout: 10_000 } });
  expect(config.externalIPs).toEqual(["2001:db8::1"]);
  expect(config.metadata?.tags).toEqual({ a: "b" });
  expect(PlatformConfig.fromYaml(PlatformConfig.toYamlValue(config))).toEqual(config);
});

test.each([
  [{ gateway: "10.0.0" }, 'Cannot read gateway: "10.0.0" is no address'],
  [{ dst: "10.0.0.0/33" }, 'Cannot read dst: "10.0.0.0/33" is no prefix'],
  [{ priority: -1 }, "Cannot read priority: -1 is no integer"],
  [{ table: "mine" }, 'Cannot read table: "mine" is no routing table'],
  [{ family: "inet5" }, 'Cannot read family: "inet5" is no word'],
  [{ flags: "cloned,red" }, 'Cannot read flags: "cloned,red" is no set'],
  [[], "Cannot read the document: [] is no map of fields"],
])("what is not of its type is told by its place: %j", (value, problem) => {
  expect(() => RouteSpec.fromYaml(value)).toThrow(problem);
});

test("any document is either read or refused", () => {
  const key = fc.constantFrom(...Object.keys(PlatformConfig.fields), "name", "address", "dhcp4", "bondMaster", "tags");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, (document) => {
      try {
        PlatformConfig.encodeProto(PlatformConfig.fromYaml(document as Parameters<typeof PlatformConfig.fromYaml>[0]));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
  );
});
