import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { UnmountFlag, unmount } from "../../linux/mount.ts";
import { bindMount, isMountPoint } from "../../mount/helpers.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";
import { replaceContent } from "./replace-content.ts";

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
      const specs = (await context.list(EtcFileSpec)).filter(({ metadata }) => metadata.phase === "running");
      const wanted = new Set(specs.map(({ metadata }) => metadata.id));
      for (const { metadata } of await context.list(EtcFileStatus)) {
        if (!wanted.has(metadata.id)) remove(join(shadow, metadata.id), join(etc, metadata.id));
      }
      for (const { metadata, spec } of specs) {
        replaceContent(join(shadow, metadata.id), spec.contents, spec.mode);
        show(shadow, etc, metadata.id);
        await context.put(EtcFileStatus, metadata.id, { specVersion: String(metadata.version) });
      }
    },
  });

/** Binds the file over its placeholder, or the nearest directory over its own, for files that no image can know. */
function show(shadow: string, etc: string, id: string): void {
  const places: string[] = [];
  for (let place = id; place !== "."; place = dirname(place)) places.push(place);
  if (places.some((place) => isMountPoint(join(etc, place)))) return;
  const place = places.find((candidate) => existsSync(join(etc, candidate))) ?? id;
  bindMount(join(shadow, place), join(etc, place), { readOnly: true });
}

function remove(written: string, shown: string): void {
  if (isMountPoint(shown)) unmount(shown, UnmountFlag.detach);
  rmSync(written, { force: true });
}
