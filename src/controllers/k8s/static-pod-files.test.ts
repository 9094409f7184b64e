import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { staticPodFilesController } from "./static-pod-files.ts";

const pod = (name: string, image: string) => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" } },
  spec: { containers: [{ name, image }] },
});

test("each static pod is a whole file for its owner alone, and goes with the pod", async () => {
  const directory = await mkdtemp(join(tmpdir(), "static-pods-"));
  await writeFile(join(directory, ".default-a.yaml.1.cut"), "apiVersion: v");
  await writeFile(join(directory, "default-z.yaml"), "of before");
  await using machine = await runtimeWith(staticPodFilesController({ directory }));
  const holds = (...names: string[]) =>
    eventually(
      () => readdir(directory),
      (found) => found.toSorted().join() === names.join(),
      { intervalMs: 1 },
    );
  const imageIn = async (name: string) =>
    Bun.YAML.parse(await readFile(join(directory, name), "utf8")) as ReturnType<typeof pod>;
  await holds();

  await machine.state.create(StaticPod, "default-a", pod("a", "one:1"));
  await machine.state.create(StaticPod, "default-b", pod("b", "two:1"));
  await holds("default-a.yaml", "default-b.yaml");
  expect(await imageIn("default-a.yaml")).toEqual(pod("a", "one:1"));
  const written = await stat(join(directory, "default-b.yaml"));
  expect(written.mode & 0o777).toBe(0o600);

  await machine.state.modify(StaticPod, "default-a", () => pod("a", "one:2"));
  await eventually(
    () => imageIn("default-a.yaml"),
    ({ spec }) => spec.containers[0]?.image === "one:2",
    { intervalMs: 1 },
  );
  // What is as it should be is left alone.
  expect((await stat(join(directory, "default-b.yaml"))).ino).toBe(written.ino);

  await writeFile(join(directory, "default-a.yaml"), "apiVersion: v");
  await machine.state.destroy(StaticPod, "default-b");
  await eventually(
    () => imageIn("default-a.yaml"),
    ({ kind }) => kind === "Pod",
    { intervalMs: 1 },
  );
  await holds("default-a.yaml");
  expect(await imageIn("default-a.yaml")).toEqual(pod("a", "one:2"));
});
