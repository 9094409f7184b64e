import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { toYaml } from "../../config/yaml-text.ts";
import { defineController } from "../../cosi/controller.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";

export interface StaticPodFilesOptions {
  /** Nothing else is in it. */
  readonly directory?: string;
}

/** A pod's environment may hold what is nobody's business. */
const ownerOnly = 0o600;

/**
 * Writes each static pod as `<id>.yaml`, in memory, for people and tools. The kubelet does not read them: it has its list
 * from the machine (`static-pod-server.ts`), and a pod from two sources would be two pods of one name.
 */
export const staticPodFilesController = ({
  directory = "/system/config/kubernetes/static-pods",
}: StaticPodFilesOptions = {}) =>
  defineController({
    name: "k8s.StaticPodFilesController",
    inputs: [{ kind: StaticPod, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const pods = (await context.list(StaticPod)).filter(({ metadata }) => metadata.phase === "running");
      const files = new Map(
        pods.map(({ metadata, spec }) => [`${metadata.id}.yaml`, toYaml(StaticPod.toYamlValue(spec))]),
      );
      await mkdir(directory, { recursive: true, mode: 0o755 });
      // Of pods that are gone, and what a write that was cut off has left.
      const stale = (await readdir(directory)).filter((name) => !files.has(name));
      await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })));
      for (const [name, content] of files) {
        const path = join(directory, name);
        const present = await readFile(path, "utf8").catch(() => undefined);
        if (present !== content) await durableWrite(path, content, ownerOnly);
      }
    },
  });
