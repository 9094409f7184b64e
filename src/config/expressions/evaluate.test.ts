import { expect, test } from "bun:test";
import fc from "fast-check";
import { linkEnvironment } from "./environments.ts";
import { predicateOf } from "./evaluate.ts";
import { glob } from "./functions.ts";

const link = {
  ...{ index: 2, type: 1, mtu: 1_500, driver: "virtio_net", kind: "", link_state: true, alt_names: ["enp0s2"] },
  ...{ hardware_addr: Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56), speed_megabits: 4_294_967_295 },
};

test.each([
  ['mac(link.hardware_addr) == "52:54:00:12:34:56"', true],
  ['glob("52:54:*", mac(link.hardware_addr)) && link.driver != "e1000"', true],
  ["link.mtu >= 1500u && link.type == 1 && link.link_state", true],
  ["link.mtu > 9000u || link.speed_megabits < 10000", false],
  ['link.bus_path == "" && link.pciid.startsWith("")', true],
  ['"enp0s2" in link.alt_names && size(link.permanent_addr) == 0', true],
  ["link.alt_names.exists(name, name.endsWith('s3'))", false],
  ["link.vlan == {}", true],
] as const)("%p of a link is %p", async (text, expected) => {
  const matches = await predicateOf(text, linkEnvironment);
  expect(matches({ link })).toBe(expected);
});

test("what fails is told with the expression", async () => {
  const matches = await predicateOf("link.vlan.vlan_id == 7", linkEnvironment);
  expect(() => matches({ link })).toThrow('Cannot evaluate "link.vlan.vlan_id == 7": ');
  const broken = await predicateOf("link ==", linkEnvironment).catch((error: unknown) => error);
  expect(String(broken)).toContain('Cannot read the expression "link ==": ');
});

test("a pattern fits what it stands for", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "*", "ab", "/"), { maxLength: 6 }), fc.string(), (parts, filler) => {
      const pattern = parts.join("");
      expect(glob(pattern, pattern.replaceAll("*", filler))).toBe(true);
      const asRegularExpression = new RegExp(`^${pattern.replaceAll("*", "[^]*")}$`);
      for (const text of [filler, "ab", "aab", "b/a"]) expect(glob(pattern, text)).toBe(asRegularExpression.test(text));
    }),
  );
  expect([glob("a*a", "a"), glob("", ""), glob("*", ""), glob("a**b", "ab")]).toEqual([false, true, true, true]);
});
