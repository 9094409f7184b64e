import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";

/** Ours among what the machine's owner may have put there. */
const prefix = "machined-";

/** Writes static pods where the kubelet looks for them. */
export const staticPodFileController = ({ directory = "/etc/kubernetes/manifests" } = {}) =>
  defineController({
    name: "k8s.StaticPodFileController",
    inputs: [{ kind: StaticPod, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const wanted = new Map<string, string>();
      for (const { metadata, spec } of await context.list(StaticPod)) {
        // Ids are ours or Kubernetes names; a slash would lead out of the directory.
        const name = `${prefix}${metadata.id.replaceAll("/", "_")}.yaml`;
        if (metadata.phase === "running") wanted.set(name, StaticPod.toYaml(spec));
      }
      for (const name of await readdir(directory)) {
        if (name.startsWith(prefix) && !wanted.has(name)) await rm(join(directory, name));
      }
      for (const [name, content] of wanted) {
        const path = join(directory, name);
        // The kubelet takes any change of the file for a new pod.
        if ((await readFile(path, "utf8").catch(() => undefined)) !== content) await durableWrite(path, content, 0o600);
      }
    },
  });
