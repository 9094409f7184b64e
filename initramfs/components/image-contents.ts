import type { Contents } from "../rootfs/contents.ts";

/** What a component's image holds beside its program, by the component's name. */
export const imageContents: Readonly<Record<string, readonly Contents[]>> = {
  // kubelet mounts volumes by calling these.
  kubelet: [{ package: "mount", paths: ["usr/bin/mount", "usr/bin/umount"] }],
};
