import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { staticPodDirectory } from "../../controllers/kubelet-files.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";
import { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { container } from "../containers/container.ts";
import { askForFirstCertificate } from "../kubelet/asked-certificate.ts";
import { kubeletContainer } from "../kubelet/container.ts";
import { checkControlGroups } from "../kubelet/control-groups.ts";
import { writeKubeletFiles } from "../kubelet/files.ts";
import { issueFirstCertificate } from "../kubelet/first-certificate.ts";
import { forgetStale } from "../kubelet/stale.ts";
import { resourceReady, timeInSync, whenResource } from "../supervisor/conditions.ts";
import { askHealthPage } from "../supervisor/health.ts";
import { defineService } from "../supervisor/service.ts";
import { ownersEnvironment } from "./owners-environment.ts";

const directories = {
  "/system/resolved": 0o755,
  [staticPodDirectory]: 0o700,
  "/var/lib/kubelet/seccomp/profiles": 0o700,
  "/var/log/containers": 0o755,
  "/var/log/pods": 0o755,
  "/var/mnt": 0o755,
};

/** Makes the directories that the owner wants the kubelet to see, where there is nothing yet. */
async function makeSources({ extraMounts = [] }: KubeletSpec): Promise<void> {
  for (const { source } of extraMounts) {
    if (source.startsWith("/") && !existsSync(source)) await mkdir(source, { recursive: true, mode: 0o700 });
  }
}

/** Runs the pods of this machine. */
export const kubelet = defineService({
  id: "kubelet",
  runs: container({
    plan: async ({ state, mode, log }, { signal, report }) => {
      const sharedKernel = mode === "container";
      checkControlGroups(sharedKernel);
      const spec = await whenResource(state, KubeletSpec, "kubelet", () => true, signal);
      const secret = await whenResource(state, KubeletSecret, "kubelet", () => true, signal);
      await forgetStale(spec, secret, log);
      const { type } = await whenResource(state, MachineType, "machine-type", () => true, signal);
      if (type !== "worker") {
        const root = await whenResource(state, KubernetesRootSecret, "k8s", () => true, signal);
        await issueFirstCertificate(spec, secret, root);
      }
      await writeKubeletFiles(spec, secret);
      await makeSources(spec);
      const added = await ownersEnvironment(state);
      const prepare = (until: AbortSignal) => askForFirstCertificate(spec, secret, { signal: until, report });
      return {
        image: spec.image,
        ...(type === "worker" ? { prepare } : {}),
        spec: ({ config }) =>
          kubeletContainer(spec, { environment: { ...config.environment, ...added }, sharedKernel }),
      };
    },
  }),
  after: ["containerd"],
  restartsOn: [
    { kind: KubeletSpec, id: "kubelet" },
    { kind: KubeletSecret, id: "kubelet" },
    // Its certificate may be of a time that never was, and the kubelet would not ask for another one for minutes.
    { kind: TimeStatus, id: "node", field: "epoch" },
  ],
  waitsFor: [
    timeInSync,
    resourceReady("kubelet spec", KubeletSpec, "kubelet"),
    resourceReady("kubelet secrets", KubeletSecret, "kubelet"),
    ...["hosts", "resolv.conf", "machine-id"].map((id) => resourceReady(`/etc/${id}`, EtcFileStatus, id)),
  ],
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
