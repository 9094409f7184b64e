import type { FileEntry } from "../../src/oci/file-entry.ts";
import { packetFilterNames } from "./containers.ts";

const directory = (path: string, mode = 0o755): FileEntry => ({ kind: "directory", path, mode });
const link = (path: string, target: string): FileEntry => ({ kind: "link", path, target });
const file = (path: string, lines: readonly string[], mode = 0o644): FileEntry => ({
  kind: "file",
  path,
  mode,
  content: new Blob([lines.map((line) => `${line}\n`).join("")]),
});

/** Where the machine mounts something: the root file system itself is read-only. */
const mountPoints = [
  ...[
    "dev",
    "etc/cni",
    "etc/kubernetes",
    "opt",
    "proc",
    "root",
    "run",
    "sys",
    "system",
    "usr/libexec/kubernetes",
    "var",
  ],
  ...["etc/cri/conf.d", "usr/etc", "usr/lib/modules", "usr/local"],
  // A kubelet that is told of credential providers does not start without it.
  "usr/local/lib/kubelet/credentialproviders",
].map((path) => directory(path));

/** Debian's merged /usr, and programs of several names. */
const links = [
  ...["bin", "sbin", "lib", "lib64"].map((name) => link(name, `usr/${name}`)),
  link("etc/mtab", "../proc/self/mounts"),
  link("var/run", "../run"),
  ...packetFilterNames.map((name) => link(`usr/sbin/${name}`, "xtables-nft-multi")),
];

/** Files over which machined binds its own; a bind needs something to cover. */
const placeholders = [
  file("etc/hosts", ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]),
  file("etc/resolv.conf", []),
  file("etc/machine-id", []),
  file("etc/cri/containerd.toml", []),
  file("etc/os-release", []),
  file("usr/sbin/init", [], 0o755),
];

/** Names for the numbers that services run under, and for the groups that udev gives devices to. */
const accounts = [
  file("etc/passwd", [
    "root:x:0:0:root:/:/sbin/nologin",
    "apid:x:50:50:apid:/:/sbin/nologin",
    "trustd:x:51:51:trustd:/:/sbin/nologin",
    "etcd:x:60:60:etcd:/:/sbin/nologin",
    "nobody:x:65534:65534:nobody:/:/sbin/nologin",
  ]),
  file("etc/group", [
    ...["root:x:0:", "tty:x:5:", "disk:x:6:", "lp:x:7:", "kmem:x:15:", "dialout:x:20:", "cdrom:x:24:", "tape:x:26:"],
    ...["audio:x:29:", "video:x:44:", "apid:x:50:", "trustd:x:51:", "etcd:x:60:", "input:x:104:", "sgx:x:105:"],
    ...["kvm:x:106:", "render:x:107:", "nogroup:x:65534:"],
  ]),
];

/** What is in the root file system apart from packages. */
export const base: readonly FileEntry[] = [
  ...mountPoints,
  directory("tmp", 0o1777),
  ...links,
  ...placeholders,
  ...accounts,
  file("etc/nsswitch.conf", ["passwd: files", "group: files", "hosts: files dns"]),
];
