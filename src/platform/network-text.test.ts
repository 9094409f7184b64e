import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { PlatformConfig } from "../resources/network/platform-config.ts";
import { readNetworkText } from "./network-text.ts";

test("an item that makes no sense does not take the others along", () => {
  const { config, problems } = readNetworkText(
    "links: [{ name: eth0, mtu: many }, { name: eth1 }]\naddresses: 7\nexternalIPs: [a, 192.0.2.1]\nhostname: x\n",
  );
  expect(config.links.map(({ name }) => name)).toEqual(["eth1"]);
  expect(config.externalIPs).toEqual(["192.0.2.1"]);
  expect(problems).toEqual([
    'Cannot read links[0].mtu: "many" is no integer',
    "Cannot read addresses: 7 is no list",
    'Cannot read externalIPs[0]: "a" is no address',
    "there is no field hostname",
  ]);
});

test.each([
  ["", []],
  ["~", []],
  ["7", ["Cannot read the document: 7 is no map of fields"]],
])("%j", (text, problems) => {
  expect(readNetworkText(text)).toEqual({ config: PlatformConfig.fromYaml({}), problems });
});

test("what is no YAML is told with its place", () => {
  expect(readNetworkText("links: [").problems[0]).toMatch(/^\d+:\d+: /);
});

test("what is shown is read", () => {
  const { config } = readNetworkText("routes: [{ gateway: 192.0.2.1, table: local }]\nmetadata: { tags: { a: b } }");
  expect(readNetworkText(PlatformConfig.toYaml(config))).toEqual({ config, problems: [] });
});

test("no text makes the reader throw", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "links:",
      "  - name: a",
      "    mtu: 1",
      "routes: [{}]",
      "metadata:",
      "  tags: &a {x: *a}",
      "- - -",
      "{[",
      "? ",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      PlatformConfig.encodeProto(readNetworkText(lines.join("\n")).config);
    }),
    { numRuns: fuzzCases(300) },
  );
});
