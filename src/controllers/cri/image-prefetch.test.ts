import { expect, test } from "bun:test";
import { images } from "../../config/index.ts";
import { applyPatches } from "../../config/patch.ts";
import { testConfig } from "../../config/testing.ts";
import { APIServerConfig } from "../../resources/k8s/api-server-config.ts";
import { BootstrapManifestsConfig } from "../../resources/k8s/bootstrap-manifests-config.ts";
import { ControllerManagerConfig } from "../../resources/k8s/controller-manager-config.ts";
import { SchedulerConfig } from "../../resources/k8s/scheduler-config.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { apiServerController } from "../k8s/control-plane/api-server.ts";
import { bootstrapManifestsController } from "../k8s/control-plane/bootstrap-manifests.ts";
import { controllerManagerController } from "../k8s/control-plane/controller-manager.ts";
import { schedulerController } from "../k8s/control-plane/scheduler.ts";
import { configure, machineWith } from "../testing.ts";
import { imagePrefetchController } from "./image-prefetch.ts";

const withCluster = (cluster: object) =>
  applyPatches(testConfig(), [{ text: JSON.stringify({ cluster }), file: "patch" }]);

test("images are fetched once the kubelet runs, in the order of their need, each once, whatever fails", async () => {
  const asked: string[] = [];
  const last = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  const pull = async (reference: string) => {
    asked.push(reference);
    if (reference === images.coreDns) last.resolve();
    if (reference === "example.org/scheduler:1") again.resolve();
    if (reference === images.controllerManager) throw new Error("there is no such image");
  };
  await using machine = await machineWith(
    { config: withCluster({ proxy: { disabled: true } }) },
    apiServerController(),
    controllerManagerController(),
    schedulerController(),
    bootstrapManifestsController(),
    imagePrefetchController({ pull }),
  );
  await machine.eventually(APIServerConfig, "kube-apiserver");
  await machine.eventually(ControllerManagerConfig, "kube-controller-manager");
  await machine.eventually(SchedulerConfig, "kube-scheduler");
  await machine.eventually(BootstrapManifestsConfig, "manifests");
  expect(asked).toEqual([]);
  await machine.state.create(Service, "kubelet", { running: true, healthy: false, unknown: false });
  await last.promise;
  expect(asked).toEqual([images.apiServer, images.controllerManager, images.scheduler, images.flannel, images.coreDns]);
  await configure(machine, withCluster({ proxy: { disabled: true }, scheduler: { image: "example.org/scheduler:1" } }));
  await again.promise;
  expect(asked).toHaveLength(6);
});
