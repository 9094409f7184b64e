import { mkdir } from "node:fs/promises";
import { toYaml } from "../../config/yaml-text.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import { container } from "../containers/container.ts";
import { resourceReady, timeInSync, whenResource } from "../supervisor/conditions.ts";
import { askHealthPage } from "../supervisor/health.ts";
import { defineService } from "../supervisor/service.ts";
import { kubeletContainer } from "./kubelet-container.ts";
import { ownersEnvironment } from "./owners-environment.ts";

const directories = {
  "/etc/kubernetes/manifests": 0o700,
  "/var/lib/kubelet/seccomp/profiles": 0o700,
  "/var/log/containers": 0o755,
  "/var/log/pods": 0o755,
  "/var/mnt": 0o755,
};

/** Runs the pods of this machine. */
export const kubelet = defineService({
  id: "kubelet",
  runs: container({
    plan: async ({ state, mode }, signal) => {
      const spec = await whenResource(state, KubeletSpec, "kubelet", () => true, signal);
      await durableWrite("/etc/kubernetes/kubelet.yaml", toYaml(spec.config));
      const added = await ownersEnvironment(state);
      const sharedKernel = mode === "container";
      return {
        image: spec.image,
        spec: ({ config }) =>
          kubeletContainer(spec, { environment: { ...config.environment, ...added }, sharedKernel }),
      };
    },
  }),
  after: ["containerd"],
  restartsOn: [{ kind: KubeletSpec, id: "kubelet" }],
  waitsFor: [timeInSync, resourceReady("kubelet spec", KubeletSpec, "kubelet")],
  prepare: async () => {
    for (const [path, mode] of Object.entries(directories)) await mkdir(path, { recursive: true, mode });
  },
  health: {
    check: (_, signal) => askHealthPage("http://127.0.0.1:10248/healthz", signal),
    initialDelayMs: 2_000,
    intervalMs: 5_000,
    timeoutMs: 2_000,
  },
});
