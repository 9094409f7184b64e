import { expect, test } from "bun:test";
import { applyPatches } from "../../../config/patch.ts";
import { testConfig } from "../../../config/testing.ts";
import { Failure } from "../../../errors/failure.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { configure, machineWith } from "../../testing.ts";
import { controlPlaneImagesController } from "./images.ts";
import { controlPlaneControllers } from "./index.ts";
import { testOwners as owners, testPlaces } from "./testing.ts";

test("images are fetched once containerd runs, each once, in the order in which they are needed", async () => {
  const fetched: string[] = [];
  const enough = Promise.withResolvers<void>();
  const fetch = async (image: string) => {
    fetched.push(image.replace(/^.*\//, "").replace(/:.*/, ""));
    if (image.endsWith(":new")) enough.resolve();
    if (image.includes("scheduler")) throw new Failure("Cannot fetch it: nobody has it");
  };
  await using machine = await machineWith(
    { config: testConfig() },
    ...controlPlaneControllers({ places: testPlaces(), owners }),
    controlPlaneImagesController({ fetch }),
  );
  await machine.state.create(Service, "containerd", { running: true, healthy: true, unknown: false });
  const cluster = { apiServer: { image: "registry.test/kube-apiserver:new" }, coreDNS: { disabled: true } };
  while (fetched.length < 7) await new Promise(setImmediate);
  await configure(machine, applyPatches(testConfig(), [{ text: JSON.stringify({ cluster }), file: "patch" }]));
  await enough.promise;
  expect(fetched).toEqual([
    ...["pause", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "flannel", "kube-proxy", "coredns"],
    "kube-apiserver",
  ]);
  expect(machine.logged).toEqual([]);
});
