import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { KubeSpanPeerStatus } from "./kubespan/kubespan-peer-status.ts";
import { AddressStatus } from "./network/address-status.ts";
import { LinkSpec } from "./network/link-spec.ts";
import { RouteStatus } from "./network/route-status.ts";
import { allTypes } from "./registry.ts";
import { WatchdogTimerStatus } from "./runtime/watchdog-timer-status.ts";

const address: AddressStatus = {
  address: "10.0.2.15/24",
  broadcast: "10.0.2.255",
  linkIndex: 2,
  linkName: "eth0",
  family: "inet4",
  scope: "global",
  flags: 0x80,
  priority: 0,
};

test("a spec is the message that the reference's clients read", () => {
  // Field 1 {ip, prefix length}, 3 {ip}, 6, 7, 8 (AF_INET), 10; zero values stay off the wire.
  const expected = [
    "0a08" + "0a040a00020f" + "1018",
    "1a06" + "0a040a0002ff",
    "3002",
    "3a0465746830",
    "4002",
    "508001",
  ];
  expect(AddressStatus.encodeProto(address).toHex()).toBe(expected.join(""));
  expect(AddressStatus.decodeProto(AddressStatus.encodeProto(address))).toEqual(address);
});

test("YAML has every required field, and the optional ones that are set", () => {
  expect(AddressStatus.toYaml(address)).toBe(
    [
      "address: 10.0.2.15/24",
      "broadcast: 10.0.2.255",
      "linkIndex: 2",
      "linkName: eth0",
      "family: inet4",
      "scope: global",
      "flags: permanent",
      "priority: 0",
      "",
    ].join("\n"),
  );
});

test("tables and protocols of the kernel have names, and unknown ones their number", () => {
  const route = RouteStatus.decodeProto(Uint8Array.of(7 * 8, 254, 1, 12 * 8, 77));
  expect(RouteStatus.toYamlValue(route)).toMatchObject({ table: "main", protocol: "77" });
  expect(RouteStatus.decodeProto(RouteStatus.encodeProto(route))).toEqual(route);
});

test("durations and moments have their usual forms", () => {
  const watchdog = { device: "/dev/watchdog0", timeout: 90_500, feedInterval: 30_000 };
  expect(WatchdogTimerStatus.toYamlValue(watchdog)).toMatchObject({ timeout: "1m30.5s", feedInterval: "30s" });
  expect(WatchdogTimerStatus.decodeProto(WatchdogTimerStatus.encodeProto(watchdog))).toEqual(watchdog);
  const never = KubeSpanPeerStatus.toYamlValue(KubeSpanPeerStatus.decodeProto(new Uint8Array()));
  expect(never).toMatchObject({ lastHandshakeTime: "0001-01-01T00:00:00Z" });
});

test("an inline message is shown among the fields around it", () => {
  const link = { ...LinkSpec.decodeProto(new Uint8Array()), bondSlave: { masterName: "bond0" } };
  expect(LinkSpec.toYamlValue(link)).toMatchObject({ masterName: "bond0" });
  expect(LinkSpec.decodeProto(LinkSpec.encodeProto(link))).toEqual(link);
});

test.each(allTypes.map((type) => [type.type, type] as const))("%s reads or refuses any bytes", (_name, type) => {
  const empty = type.decodeProto(new Uint8Array());
  expect(type.decodeProto(type.encodeProto(empty))).toEqual(empty);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 48 }), (bytes) => {
      try {
        type.toYaml(type.decodeProto(bytes));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 40 },
  );
});
