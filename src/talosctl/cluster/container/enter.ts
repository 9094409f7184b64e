import type { CgroupHierarchy } from "./hierarchy.ts";

/** A control group that becomes the container's root of a hierarchy. */
export interface ContainerCgroup {
  readonly hierarchy: CgroupHierarchy;
  /** Directory on the host. */
  readonly path: string;
}

/** What the container's first process is started with. Paths on the host. */
export interface Container {
  readonly hostname: string;
  readonly networkNamespace: string;
  /** Its groups, one in each hierarchy of the host; none when the host has none. */
  readonly cgroups: readonly ContainerCgroup[];
  /** Read-only root file system tree. */
  readonly rootfs: string;
  /** The machined binary, bound over the tree's /sbin/init. */
  readonly binary: string;
  /** Directory that becomes /var. */
  readonly var: string;
  /** Directory that becomes /system/state, where a machine keeps its config. */
  readonly state: string;
  /** Mount point for the root; empty. */
  readonly mountPoint: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The steps between fresh namespaces and the machine's first process, as a script for the host's shell: it runs as
 * PID 1 of the container, and becomes /sbin/init in the end. A script, because what happens between fork and exec
 * in a new PID namespace cannot run in a program with threads.
 *
 * The arguments are: root mount point, rootfs, binary, /var, /system/state, host name; then of each hierarchy of control groups
 * its directory below /sys/fs/cgroup, its type and its options.
 */
const enterScript = `set -eu
root=$1 rootfs=$2 binary=$3 var=$4 state=$5 hostname=$6; shift 6
mount --bind "$rootfs" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$binary" "$root/sbin/init"
mount -t proc proc "$root/proc"
echo "$hostname" > "$root/proc/sys/kernel/hostname"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
cgroups=$root/sys/fs/cgroup
if [ $# -gt 3 ]; then mount -t tmpfs -o mode=755,size=64k,nosuid,nodev,noexec tmpfs "$cgroups"; fi
while [ $# -ge 3 ]; do
  [ "$1" = . ] || mkdir "$cgroups/$1"
  mount -t "$2" -o "$3" "$2" "$cgroups/$1"
  shift 3
done
mount -t tmpfs -o mode=755,size=64k,nosuid tmpfs "$root/dev"
for node in null zero full random urandom tty fuse; do
  [ -e "/dev/$node" ] || continue
  : > "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount --bind "$var" "$root/var"
for directory in run tmp system; do mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/$directory"; done
# Parameters of the kernel are the host's, those of the network our own. Files stand in for what a kubelet insists on.
sys=$root/proc/sys parameters=$root/system/parameters
mount --bind "$sys" "$sys"
mount -o remount,bind,ro "$sys"
mount --bind "$sys/net" "$sys/net"
mount -o remount,bind,rw "$sys/net"
mkdir "$parameters"
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  name=\${setting%=*}
  file=$parameters/$(echo "$name" | tr / .)
  echo "\${setting#*=}" > "$file"
  mount --bind "$file" "$sys/$name"
done
mkdir "$root/system/state"
mount --bind "$state" "$root/system/state"
# What pods mount must reach the machine, and the other way round.
mount --make-rshared "$root"
# As an initramfs hands over: the new root goes on top of the host's tree, which no path leads to any more.
# pivot_root would need a umount from the very tree that it takes away.
cd "$root"
mount --move . /
unset PWD OLDPWD
exec chroot . /sbin/init
`;

/** Moves itself into the groups that are named before `--`, then becomes the command behind it. */
const joinScript = `set -eu
while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs"; shift; done
shift
exec "$@"
`;

/**
 * The command that runs the container in the foreground: join the groups and the network, make the other namespaces,
 * enter. It stays as the parent of the container's PID 1, and takes it along when it is killed.
 */
export function enterCommand(container: Container): string[] {
  const environment = Object.entries(container.environment).map(([name, value]) => `${name}=${value}`);
  const namespaces = ["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child=SIGKILL", "--cgroup"];
  const { cgroups } = container;
  return [
    // Before the namespace of groups is made: it begins with the groups that its maker is in.
    ...["sh", "-c", joinScript, "join", ...cgroups.map(({ path }) => path), "--"],
    ...["nsenter", `--net=/run/netns/${container.networkNamespace}`],
    ...["unshare", ...namespaces, "--propagation", "private"],
    ...["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...environment],
    ...["sh", "-c", enterScript, "enter"],
    ...[container.mountPoint, container.rootfs, container.binary, container.var, container.state, container.hostname],
    ...cgroups.flatMap(({ hierarchy: { name, type, options } }) => [cgroups.length === 1 ? "." : name, type, options]),
  ];
}
