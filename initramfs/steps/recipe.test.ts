import { expect, test } from "bun:test";
import { hashRecipe } from "./recipe.ts";

const filesOf = (recipe: string) => recipe.split("\n").map((line) => line.split(" ")[0]);

test("the recipe of the root file system is what it is made with, and not the machine's sources", async () => {
  const files = filesOf(await hashRecipe("initramfs/steps/squashfs.ts"));
  expect(files).toEqual(
    expect.arrayContaining([
      "initramfs/rootfs/base.ts",
      "initramfs/rootfs/tree.ts",
      "initramfs/steps/rootfs.ts",
      "src/oci/tar-writer.ts",
      "src/version.ts",
    ]),
  );
  expect(files.filter((path) => path?.startsWith("src/") && !/^src\/(oci\/|version)/.test(path))).toEqual([]);
  expect(files).not.toContain("initramfs/steps/images.ts");
});
