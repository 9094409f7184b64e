import { images } from "../../config/index.ts";
import { renderContainerdConfig } from "../../containerd/cri/containerd-config.ts";
import { hostsFiles } from "../../containerd/cri/hosts-toml.ts";
import { defineController } from "../../cosi/controller.ts";
import { RegistryConfig } from "../../resources/cri/registry-config.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { containerdSocket } from "../../well-known.ts";
import { registriesOf } from "../cri/registries.ts";

const name = "files.CRIConfigController";
/** Credentials and keys may be among them. */
const ownerOnly = 0o600;
const hostsDirectory = "cri/conf.d/hosts";

/** Writes containerd's configuration, and for each registry where its images are asked for. */
export const criConfigController = () =>
  defineController({
    name,
    inputs: [{ kind: RegistryConfig, id: "registries", strength: "weak" }],
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
      const config = renderContainerdConfig({
        address: containerdSocket,
        root: "/var/lib/containerd",
        state: "/run/containerd",
        sandboxImage: images.pause,
        hostsDirectory: `/etc/${hostsDirectory}`,
        auths: registries.auths,
      });
      // Last: when it is there, so are the files that it names.
      files.set("cri/containerd.toml", config);
      for (const [path, content] of files) {
        const contents = new TextEncoder().encode(content);
        await context.put(EtcFileSpec, path, { contents, mode: ownerOnly, selinux_label: "" });
      }
      for (const { metadata } of await context.list(EtcFileSpec)) {
        if (metadata.owner === name && !files.has(metadata.id)) await context.destroy(EtcFileSpec, metadata.id);
      }
    },
  });
