import { arch } from "node:os";
import type { machine } from "../../../proto/index.ts";
import { TAG, VERSION } from "../../../version.ts";
import type { Machine } from "../../machine.ts";

/** Go's names of architectures, which clients expect. */
const goArch: Readonly<Record<string, string>> = { x64: "amd64" };

/**
 * MachineService/Version. The tag is the release whose API we speak, because clients compare it with their own; the
 * field for the commit carries our version.
 */
export const version = async ({ platform, mode }: Machine): Promise<machine.VersionResponse.$Properties> => ({
  messages: [
    {
      version: {
        tag: TAG,
        sha: `machined-${VERSION}`,
        built: "",
        go_version: `bun${Bun.version}`,
        os: "linux",
        arch: goArch[arch()] ?? arch(),
      },
      platform: { name: platform, mode },
      features: { rbac: true },
    },
  ],
});
