import { expect, test } from "bun:test";
import { aliasesOf, displayTypeOf } from "./names.ts";
import { allTypes } from "./registry.ts";

test.each([
  ["AddressStatuses.net.talos.dev", "AddressStatus"],
  ["Identities.cluster.talos.dev", "Identity"],
  ["LinkRefreshes.net.talos.dev", "LinkRefresh"],
  ["Services.v1alpha1.talos.dev", "Service"],
  ["CertSANs.secrets.talos.dev", "CertSAN"],
])("the singular of %s is %s", (type, singular) => {
  expect(displayTypeOf(type)).toBe(singular);
});

test("names are dotted forms, given ones, the singular and initials", () => {
  expect(aliasesOf("BlockDevices.block.talos.dev", ["dev"]).all.join(" ")).toBe(
    "blockdevices blockdevices.block blockdevices.block.talos dev blockdevice bd bds",
  );
  expect(aliasesOf("AddressStatuses.net.talos.dev", []).short).toEqual(["addressstatus", "as"]);
  expect(aliasesOf("Disks.block.talos.dev", []).short).toEqual(["disk"]);
  expect(aliasesOf("MountStatuses.runtime.talos.dev", ["mounts"], false).all).toEqual(["mounts"]);
});

test("types are named once, and live in lower-case dotted names", () => {
  expect(new Set(allTypes.map(({ type }) => type.toLowerCase())).size).toBe(allTypes.length);
  for (const { type } of allTypes) expect(type).toMatch(/^[A-Z][A-Za-z0-9]+(\.[a-z0-9]+)+$/);
});
