import { expect, test } from "bun:test";
import fc from "fast-check";
import { acceptedWishes } from "./owner-wishes.ts";
import type { OwnVolume } from "./places.ts";

const own: readonly OwnVolume[] = [{ name: "secrets", path: "/system/secrets", readOnly: true }];
const volume = (name: string, hostPath: string, mountPath: string) => ({ name, hostPath, mountPath, readonly: false });

test("what a pod cannot have is left out by its place, and names that are taken are others", () => {
  const extraVolumes = [
    volume("secrets", "/var/a", "/a"),
    volume("a", "/var/../etc", "/b"),
    volume("a", "/var/a", "relative"),
    volume("a", "/var/a", "/system/secrets"),
    volume("", "/var/a", "/"),
    volume("a", "/var/b", "/a"),
  ];
  const environmentVariables = { Z: "1", "a=b": "", "": "", A: "2" };
  expect(acceptedWishes({ extraVolumes, environmentVariables }, own)).toEqual({
    volumes: [volume("extra-0", "/var/a", "/a"), volume("extra", "/var/a", "/")],
    environment: [
      ["A", "2"],
      ["Z", "1"],
    ],
    ignored: [...[1, 2, 3, 5].map((index) => `extraVolumes[${index}]`), 'env.""', 'env."a=b"'],
  });
});

test("whatever is wished, names and paths of volumes are there once", () => {
  const name = fc.constantFrom("secrets", "extra-1", "a", "", "-");
  const path = fc.constantFrom("/a", "/b", "/system/secrets", "", "..");
  const wish = fc.record({ name, hostPath: path, mountPath: path, readonly: fc.boolean() });
  fc.assert(
    fc.property(fc.array(wish), (extraVolumes) => {
      const { volumes, ignored } = acceptedWishes({ extraVolumes, environmentVariables: {} }, own);
      expect(volumes.length + ignored.length).toBe(extraVolumes.length);
      const names = [...own, ...volumes].map((taken) => taken.name);
      expect(new Set(names).size).toBe(names.length);
      const paths = ["/system/secrets", ...volumes.map(({ mountPath }) => mountPath)];
      expect(new Set(paths).size).toBe(paths.length);
    }),
  );
});
