import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";
import { Environment } from "../../resources/runtime/environment.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";
import { containerdSocket } from "../../well-known.ts";
import { resourceReady } from "../supervisor/conditions.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";

const CONFIG = "/etc/cri/containerd.toml";

/** The one containerd: namespace `system` for our own containers, `k8s.io` for pods. */
export const containerd = defineService({
  id: "containerd",
  runs: process({
    // What is dropped here, no pod can have: everything that runs in a container descends from this process.
    argv: ["/usr/bin/containerd", "--address", containerdSocket, "--config", CONFIG],
    cgroup: "podruntime/runtime",
    oomScoreAdjust: -500,
  }),
  waitsFor: [
    resourceReady("/var to be mounted", MountStatus, "EPHEMERAL"),
    resourceReady("environment", Environment, "machined"),
    resourceReady("registries config", EtcFileStatus, "cri/containerd.toml"),
  ],
  // Containers live on meanwhile: each has a process of its own that looks after it.
  restartsOn: [
    { kind: EtcFileStatus, id: "cri/containerd.toml" },
    { kind: EtcFileStatus, id: "cri/conf.d/base-spec.json" },
    // Its downloads go by the proxies and the authorities that are named there.
    { kind: Environment, id: "machined" },
    { kind: EtcFileStatus, id: "ssl/certs/ca-certificates.crt" },
  ],
  health: {
    check: async ({ containerd }, signal) => {
      const client = await containerd();
      await client.introspection.version({ signal });
    },
    initialDelayMs: 200,
    intervalMs: 5_000,
    timeoutMs: 5_000,
  },
});
