import { expect, test } from "bun:test";
import { parseMachineConfig } from "../../config/index.ts";
import { testConfig } from "../../config/testing.ts";
import { encryptedVolumes } from "./encryption-wish.ts";

const plain = testConfig("worker");
const keys = "keys: [{ slot: 0, nodeID: {} }]";
const old = plain.replace(
  "machine:",
  `machine:\n    systemDiskEncryption: { ephemeral: { provider: luks2, ${keys} } }`,
);
const document = (name: string) =>
  `${plain}\n---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: ${name}\nencryption: { provider: luks2, ${keys} }\n`;

test("both ways to ask for encryption are heard", () => {
  const wished = (text: string) => encryptedVolumes(parseMachineConfig(text));
  expect(wished(plain)).toEqual([]);
  expect(wished(old)).toEqual(["EPHEMERAL"]);
  expect(wished(document("STATE"))).toEqual(["STATE"]);
  expect(wished(document("IMAGECACHE"))).toEqual([]);
});
