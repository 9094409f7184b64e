import type { Contents } from "./contents.ts";

/** Running containers. Of the shims only the current one; `ctr` is a tool for people, and people have talosctl. */
export const containers: readonly Contents[] = [
  { package: "containerd", paths: ["usr/bin/containerd", "usr/bin/containerd-shim-runc-v2"] },
  { package: "runc", paths: ["usr/sbin/runc", "usr/bin/runc"] },
];
