import { images, type MachineConfig as ParsedConfig } from "../../config/index.ts";
import { type ContainerdConfig, renderContainerdConfig } from "../../containerd/cri/containerd-config.ts";
import { hostsFiles } from "../../containerd/cri/hosts-toml.ts";
import { renderBaseSpec } from "../../containerd/spec/base-spec.ts";
import { defineController } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { RegistryConfig } from "../../resources/cri/registry-config.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { containerdSocket } from "../../well-known.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { registriesOf } from "../cri/registries.ts";
import { customizationId, customizationsOf } from "./cri-customization.ts";

const name = "files.CRIConfigController";
/** Credentials and keys may be among them. */
const ownerOnly = 0o600;
const hostsDirectory = "cri/conf.d/hosts";
const baseSpecId = "cri/conf.d/base-spec.json";

export type CriConfigOptions = Pick<ContainerdConfig, "restrictOomScores">;

/** Writes containerd's configuration, and for each registry where its images are asked for. */
export const criConfigController = ({ restrictOomScores = false }: CriConfigOptions = {}) =>
  defineController({
    name,
    inputs: [activeConfigInput, { kind: RegistryConfig, id: "registries", strength: "weak" }],
    outputs: [{ kind: EtcFileSpec, sharing: "shared" }],
    async reconcile(context) {
      const resource = await context.get(RegistryConfig, "registries");
      if (resource === undefined) return;
      const registries = registriesOf(resource.spec);
      const files = new Map(
        hostsFiles(registries, `/etc/${hostsDirectory}`).map(({ path, content }) => [
          `${hostsDirectory}/${path}`,
          content,
        ]),
      );
      const own = {
        address: containerdSocket,
        root: "/var/lib/containerd",
        state: "/run/containerd",
        sandboxImage: images.pause,
        hostsDirectory: `/etc/${hostsDirectory}`,
        auths: registries.auths,
        restrictOomScores,
      };
      const config = withWishes(own, await activeConfig(context), files);
      // Last: when it is there, so are the files that it names.
      files.set(
        "cri/containerd.toml",
        render(config, (problem) => context.log("error", problem)),
      );
      for (const [path, content] of files) {
        const contents = new TextEncoder().encode(content);
        await context.put(EtcFileSpec, path, { contents, mode: ownerOnly, selinux_label: "" });
      }
      for (const { metadata } of await context.list(EtcFileSpec)) {
        if (metadata.owner === name && !files.has(metadata.id)) await context.destroy(EtcFileSpec, metadata.id);
      }
    },
  });

/** Adds what the machine's owner wants otherwise, and the files that this takes. */
function withWishes(
  own: ContainerdConfig,
  config: ParsedConfig | undefined,
  files: Map<string, string>,
): ContainerdConfig {
  if (config === undefined) return own;
  const customizations = customizationsOf(config);
  if (customizations.length > 0) files.set(customizationId, customizations.join("\n"));
  const overrides = config.machine.baseRuntimeSpecOverrides;
  const hasOverrides = typeof overrides === "object" && overrides !== null && Object.keys(overrides).length > 0;
  // Without overrides containerd's own default is better than our copy of it.
  if (hasOverrides) files.set(baseSpecId, renderBaseSpec(overrides));
  return { ...own, customizations, ...(hasOverrides ? { baseSpec: `/etc/${baseSpecId}` } : {}) };
}

/** A machine without containerd is worse than one whose containerd lacks a wish. */
function render(config: ContainerdConfig, onProblem: (problem: string) => void): string {
  try {
    return renderContainerdConfig(config);
  } catch (thrown) {
    onProblem(`machine.files: /etc/${customizationId} is left out: ${messageOf(thrown)}`);
    return renderContainerdConfig({ ...config, customizations: [] });
  }
}
