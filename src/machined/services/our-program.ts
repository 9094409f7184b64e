import { dirname } from "node:path";
import type { ProcessOptions } from "../supervisor/process.ts";

/** Where a build of glibc's world keeps what the binary is linked to; links between them differ by release. */
const libraries = ["/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1"];

export interface OurProgram {
  readonly uid: number;
  /** Sockets that it connects to. It sees their directories, since a socket that is made anew is another file. */
  readonly sockets: readonly string[];
}

/**
 * Runs another program of our binary: by another name, as another user, without a single capability, and in a file
 * system that holds nothing but the binary, its libraries and its sockets.
 */
export function ourProgram(name: string, { uid, sockets }: OurProgram): ProcessOptions {
  const path = `/sbin/${name}`;
  return {
    argv: [path],
    env: { HOME: "/" },
    uid,
    gid: uid,
    cgroup: `system/${name}`,
    oomScoreAdjust: -998,
    confine: {
      paths: [
        { source: "/sbin/init", target: path },
        ...libraries.map((source) => ({ source, optional: true })),
        { source: "/etc/hosts", optional: true },
        { source: "/etc/resolv.conf", optional: true },
        ...sockets.map((socket) => ({ source: dirname(socket) })),
      ],
    },
  };
}
