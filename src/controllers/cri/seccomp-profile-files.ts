import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { SeccompProfile } from "../../resources/cri/seccomp-profile.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";

/** Not every process of a pod is root. */
const mode = 0o644;

export interface SeccompProfileFilesOptions {
  /** Where the kubelet looks for profiles that pods name. */
  readonly directory?: string;
}

/** Keeps the kubelet's directory of profiles exactly as the configuration says, once /var is there. */
export const seccompProfileFileController = ({
  directory = "/var/lib/kubelet/seccomp/profiles",
}: SeccompProfileFilesOptions = {}) => {
  let told: ReadonlySet<string> = new Set();
  return defineController({
    name: "cri.SeccompProfileFileController",
    inputs: [
      { kind: MountStatus, id: "EPHEMERAL", strength: "weak" },
      { kind: SeccompProfile, strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      if ((await context.get(MountStatus, "EPHEMERAL")) === undefined) return;
      const specs = (await context.list(SeccompProfile)).map(({ spec }) => spec);
      const wrong = specs.map(({ name }) => name).filter((name) => !isFileName(name));
      for (const name of wrong.filter((name) => !told.has(name))) {
        context.log("error", `Cannot write the seccomp profile "${name}": its name is not that of a file`);
      }
      told = new Set(wrong);
      const written = specs.filter(({ name }) => isFileName(name));
      const profiles = new Map(written.map(({ name, value }) => [name, JSON.stringify(value)]));
      for (const name of await namesIn(directory)) {
        if (!profiles.has(name)) await rm(join(directory, name), { recursive: true, force: true });
      }
      for (const [name, content] of profiles) {
        const path = join(directory, name);
        if ((await contentOf(path)) !== content) await durableWrite(path, content, mode);
      }
    },
  });
};

/** A profile is one file in the directory: no name may lead out of it. */
const isFileName = (name: string) => name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/** Undefined for anything but a plain file, which a pod could have put there. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, "utf8") : undefined;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
