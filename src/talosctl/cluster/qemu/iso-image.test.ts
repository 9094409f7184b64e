import { expect, test } from "bun:test";
import { isoImage } from "./iso-image.ts";

test("an image has its label where machines look for it, and its file where its directory says", () => {
  const content = Buffer.from("version: v1alpha1\n".repeat(200));
  const image = Buffer.from(isoImage("metal-iso", { name: "CONFIG.YAML", content }));
  expect(image.length % 2_048).toBe(0);
  expect(image.toString("latin1", 32_769, 32_774)).toBe("CD001");
  expect(image.toString("latin1", 32_808, 32_840).trimEnd()).toBe("metal-iso");
  expect(image.readUInt32LE(32_768 + 80) * 2_048).toBe(image.length);
  // The root's record is in the descriptor; its third entry is the file.
  const root = image.readUInt32LE(32_768 + 156 + 2) * 2_048;
  const file = root + 34 + 34;
  expect(image.toString("latin1", file + 33, file + 33 + (image[file + 32] ?? 0))).toBe("CONFIG.YAML;1");
  const start = image.readUInt32LE(file + 2) * 2_048;
  expect(image.subarray(start, start + image.readUInt32LE(file + 10)).equals(content)).toBe(true);
});
