import { mkdirSync } from "node:fs";
import { attachLoop } from "../../src/linux/loop.ts";
import { mount, unmount } from "../../src/linux/mount.ts";
import { inMountNamespace } from "../../src/linux/testing/namespace.ts";

/**
 * Mounts an image as the machine would after its power came back, which mends what was cut, and looks at it.
 * @param look must be synchronous: what Bun does on other threads is not in the mount's namespace.
 */
export async function withMounted<T>(image: string, directory: string, look: () => T): Promise<T> {
  mkdirSync(directory, { recursive: true });
  using device = attachLoop(image, { readOnly: false });
  return await inMountNamespace(() => {
    mount({ source: device.path, target: directory, type: "xfs" });
    try {
      return look();
    } finally {
      unmount(directory);
    }
  });
}
