import { readFile } from "node:fs/promises";
import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { codeOf } from "../../errors/message.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const id = "ssl/certs/ca-certificates.crt";

/** Adds the authorities of `TrustedRootsConfig` to those that the image trusts, for programs that read the usual file. */
export const trustedRootsController = ({ path = `/etc/${id}` }: { readonly path?: string } = {}) => {
  /** The image's; ours is shown in its place as soon as it is written. */
  let image: Promise<string> | undefined;
  return defineController({
    name: "secrets.TrustedRootsController",
    inputs: [activeConfigInput],
    outputs: [{ kind: EtcFileSpec, sharing: "shared" }],
    async reconcile(context) {
      image ??= contentOf(path);
      const config = await activeConfig(context);
      const added = config === undefined ? [] : documentsOf(config, "TrustedRootsConfig");
      const parts = [await image, ...added.map(({ name, certificates }) => `# ${name}\n${certificates}`)];
      const contents = new TextEncoder().encode(parts.map((part) => `${part.trimEnd()}\n`).join("\n"));
      await context.put(EtcFileSpec, id, { contents, mode: 0o644, selinux_label: "" });
    },
  });
};

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}
