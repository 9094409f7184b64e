import { defineController } from "../../cosi/controller.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { TAG, VERSION } from "../../version.ts";

/** Writes /etc/os-release, by which the kubelet and everything else tells what it runs on. */
export const osReleaseController = () =>
  defineController({
    name: "files.OSReleaseController",
    inputs: [],
    outputs: [{ kind: EtcFileSpec, sharing: "shared" }],
    async reconcile(context) {
      const contents = new TextEncoder().encode(osRelease());
      await context.put(EtcFileSpec, "os-release", { contents, mode: 0o644, selinux_label: "" });
    },
  });

/** os-release(5). The version is that of the API, which is what tools compare; the variant is our own. */
export const osRelease = (): string =>
  [
    'NAME="Talos"',
    "ID=talos",
    `VERSION_ID=${TAG}`,
    `PRETTY_NAME="Talos (${TAG})"`,
    "VARIANT_ID=machined",
    `BUILD_ID=machined-${VERSION}`,
    "",
  ].join("\n");
