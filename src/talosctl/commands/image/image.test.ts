import { expect, test } from "bun:test";
import { images } from "../../../config/defaults/images.ts";
import { parseImageReference } from "../../../oci/image-reference.ts";
import { runTalosctl } from "../../testing/machine.ts";

test("the default images are listed one a line, without what only upgrades need", async () => {
  const { status, out: output } = await runTalosctl(["image", "default"]);
  expect(status).toBe(0);
  const { installer, ...expected } = images;
  expect(output.trimEnd().split("\n").toSorted()).toEqual(Object.values(expected).toSorted());
});

test("older and newer names lead to the same list", async () => {
  const { out: output } = await runTalosctl(["image", "default"]);
  expect((await runTalosctl(["images", "k8s-bundle"])).out).toBe(output);
  // Scripts say for all commands of a family whom they are about.
  expect((await runTalosctl(["-n", "10.0.0.2", "image", "default"])).out).toBe(output);
});

test("every default image has a registry and a tag", () => {
  for (const reference of Object.values(images)) {
    expect(parseImageReference(reference)).toMatchObject({ registry: expect.stringContaining(".") });
    expect(reference).toMatch(/:v?\d+\.\d+\.\d+/);
  }
});
