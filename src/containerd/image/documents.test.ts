import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../errors/failure.ts";
import { parseImageConfig, parseIndex, parseManifest } from "./documents.ts";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const digest = `sha256:${"a1".repeat(32)}`;
const layer = { mediaType: "m", digest, size: 7 };

test("a manifest names its config and layers, from the bottom up", () => {
  expect(parseManifest(json({ config: layer, layers: [layer, { ...layer, size: 8 }] }))).toEqual({
    config: layer,
    layers: [layer, { ...layer, size: 8 }],
  });
});

test("an index names the platform of each manifest", () => {
  const platform = { os: "linux", architecture: "arm64", variant: "v8" };
  expect(parseIndex(json({ manifests: [{ ...layer, platform }, layer] })).map((entry) => entry.platform)).toEqual([
    { os: "linux", architecture: "arm64" },
    undefined,
  ]);
});

test("a config tells what to run, and leaves out what Go leaves out", () => {
  const config = { Env: ["PATH=/bin", "A=b=c"], Entrypoint: ["/etcd"], Cmd: null };
  expect(parseImageConfig(json({ rootfs: { diff_ids: [digest] }, config }))).toEqual({
    layerDigests: [digest],
    environment: { PATH: "/bin", A: "b=c" },
    entrypoint: ["/etcd"],
    command: [],
    directory: "/",
  });
  expect(parseImageConfig(json({ rootfs: { diff_ids: [] }, config: null })).entrypoint).toEqual([]);
});

test.each([
  [{ config: { ...layer, digest: "sha256:../../etc" }, layers: [] }, "no sha256 digest"],
  [{ config: { ...layer, size: -1 }, layers: [] }, "no size"],
  [{ config: layer, layers: {} }, "layers is not a list"],
  [{ config: layer, layers: Array(128).fill(layer) }, "128 layers are too many"],
  [[], "manifest is not an object"],
])("a bad manifest is refused: %#", (value, reason) => {
  expect(() => parseManifest(json(value))).toThrow(reason);
});

test("any bytes are read or refused with a Failure", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      for (const parse of [parseIndex, parseManifest, parseImageConfig]) {
        try {
          parse(input);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }
    }),
  );
});
