import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { bindMount, isMountPoint } from "../../mount/helpers.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";

export interface EtcFileOptions {
  /** Where the files are kept: memory of ours, that nobody else sees. */
  readonly shadow?: string;
  /** Where they appear. The image has a placeholder for each: its file system is read-only. */
  readonly etc?: string;
}

/**
 * Makes generated files appear in /etc: each is written beside the read-only image and bound over its placeholder.
 * A change is written into the same file, so that every mount of it, in containers too, shows the new content.
 */
export const etcFileController = ({ shadow = "/system/etc", etc = "/etc" }: EtcFileOptions = {}) =>
  defineController({
    name: "files.EtcFileController",
    inputs: [{ kind: EtcFileSpec, strength: "weak" }],
    outputs: [{ kind: EtcFileStatus, sharing: "exclusive" }],
    async reconcile(context) {
      for (const { metadata, spec } of await context.list(EtcFileSpec)) {
        const written = join(shadow, metadata.id);
        const shown = join(etc, metadata.id);
        mkdirSync(dirname(written), { recursive: true });
        if (!existsSync(written) || Buffer.compare(readFileSync(written), spec.contents) !== 0) {
          writeFileSync(written, spec.contents);
        }
        chmodSync(written, spec.mode);
        if (!existsSync(shown) || !isMountPoint(shown)) bindMount(written, shown, { readOnly: true });
        await context.put(EtcFileStatus, metadata.id, { specVersion: String(metadata.version) });
      }
    },
  });
