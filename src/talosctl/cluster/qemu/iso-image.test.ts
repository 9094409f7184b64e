import { expect, test } from "bun:test";
import { isoImage } from "./iso-image.ts";

test("an image has its label where machines look for it, and its files where its directory says", () => {
  const files = [
    { name: "CONFIG.YAML", content: Buffer.from("version: v1alpha1\n".repeat(200)) },
    { name: "USER-DATA", content: Buffer.from("short") },
  ];
  const image = Buffer.from(isoImage("metal-iso", files));
  expect(image.length % 2_048).toBe(0);
  expect(image.toString("latin1", 32_769, 32_774)).toBe("CD001");
  expect(image.toString("latin1", 32_808, 32_840).trimEnd()).toBe("metal-iso");
  expect(image.readUInt32LE(32_768 + 80) * 2_048).toBe(image.length);
  // The root's record is in the descriptor; its first two entries are itself and its parent.
  let entry = image.readUInt32LE(32_768 + 156 + 2) * 2_048 + 34 + 34;
  for (const { name, content } of files) {
    expect(image.toString("latin1", entry + 33, entry + 33 + (image[entry + 32] ?? 0))).toBe(`${name};1`);
    const start = image.readUInt32LE(entry + 2) * 2_048;
    expect(image.subarray(start, start + image.readUInt32LE(entry + 10)).equals(content)).toBe(true);
    entry += image[entry] ?? 0;
  }
  expect(image[entry]).toBe(0);
});
