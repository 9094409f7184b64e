import { expect, test } from "bun:test";
import { join } from "node:path";
import { clusterImages, versions } from "../../src/config/defaults/images.ts";
import { Failure } from "../../src/errors/failure.ts";
import { parseImageReference } from "../../src/oci/image-reference.ts";
import { needC } from "../steps/components.ts";
import { components, kubectl } from "./components.ts";
import { componentImages, selectImages } from "./images.ts";

const goMod = (module: string) => Bun.file(join(import.meta.dir, module, "go.mod")).text();

test("every image of a default cluster can be built, under the name that the config gives it", () => {
  const built = componentImages.map(({ reference }) => reference);
  expect(built).toEqual(expect.arrayContaining([...clusterImages]));
  expect(new Set(built).size).toBe(built.length);
});

test.each([
  ["kubernetes", "k8s.io/kubernetes", tagOf("kube-apiserver")],
  ["kubectl", "k8s.io/kubernetes", tagOf("kube-apiserver")],
  ["etcd", "go.etcd.io/etcd/server/v3", versions.etcd],
  ["coredns", "github.com/coredns/coredns", versions.coreDns],
  ["flannel", "github.com/flannel-io/flannel", versions.flannel],
  ["cni", "github.com/containernetworking/plugins", versions.cniPlugins],
])("%s is compiled from the version that its image is named after", async (module, path, version) => {
  expect(await goMod(module)).toContain(`${path} ${version}`);
});

test("every module that is fetched is pinned by a checksum", async () => {
  for (const module of new Set([...components, kubectl].map((component) => component.module))) {
    const required = [...(await goMod(module)).matchAll(/^(?:require |\t)(\S+) (v\S+)(?: \/\/ indirect)?$/gm)];
    if (required.length === 0) continue;
    const replaced = new Map(
      [...(await goMod(module)).matchAll(/^(?:replace |\t)(\S+) => (\S+) (v\S+)$/gm)].map(
        ([, from = "", to, version]) => [from, `${to} ${version}`],
      ),
    );
    const sums = await Bun.file(join(import.meta.dir, module, "go.sum")).text();
    const unpinned = required
      .map(([, path = "", version]) => replaced.get(path) ?? `${path} ${version}`)
      .filter((name) => !sums.includes(`${name}/go.mod h1:`));
    expect(unpinned).toEqual([]);
  }
});

test("every program is part of an image, every image runs a program", () => {
  const used = new Set(componentImages.flatMap(({ programs }) => Object.values(programs)));
  expect([...used].toSorted()).toEqual(components.map(({ name }) => name).toSorted());
  expect(componentImages.filter(({ programs }) => Object.keys(programs).length === 0)).toEqual([]);
});

test("a build makes what every machine runs, and what it is asked for", () => {
  const names = (wanted: string[]) => selectImages(wanted).map(({ name }) => name);
  expect(names([])).toEqual(["kubelet", "etcd", "pause"]);
  expect(names(["flannel", "coredns"])).toEqual(["kubelet", "etcd", "pause", "coredns", "flannel"]);
  expect(names(["cluster"])).toEqual(componentImages.map(({ name }) => name));
  expect(() => selectImages(["core-dns"])).toThrow(Failure);
});

test("a C compiler is asked for only where something is in C", () => {
  expect(needC(selectImages([]), "amd64")).toBe(false);
  expect(needC(selectImages(["flannel"]), "amd64")).toBe(true);
  expect(needC(selectImages(["flannel"]), "arm64")).toBe(false);
});

function tagOf(name: string): string {
  const image = componentImages.find((candidate) => candidate.name === name);
  return parseImageReference(image?.reference ?? "").tag ?? "";
}
