/**
 * Every program of the image, and why it must be there. The build takes no other, and a test looks into the result: a shell, an
 * interpreter or a package manager cannot slip in.
 */
export const executables: ReadonlyMap<string, string> = new Map([
  ["opt/cni/bin/bridge", "connects pods of one machine"],
  ["opt/cni/bin/firewall", "lets pods' packets through"],
  ["opt/cni/bin/flannel", "connects pods by the lease that flannel's pod has written"],
  ["opt/cni/bin/host-local", "gives pods their addresses"],
  ["opt/cni/bin/loopback", "brings up a pod's lo: containerd makes no pod without it"],
  ["opt/cni/bin/portmap", "opens pods' ports on the machine"],
  ["usr/bin/containerd", "runs all containers"],
  ["usr/bin/containerd-shim-runc-v2", "stays with each container when containerd restarts"],
  ["usr/bin/udevadm", "is also systemd-udevd: device nodes, permissions and stable names"],
  ["usr/lib/udev/ata_id", "asks ATA disks for serial numbers, for names in /dev/disk/by-id"],
  ["usr/lib/udev/scsi_id", "asks SCSI disks for serial numbers, for names in /dev/disk/by-id"],
  ["usr/sbin/init", "the place over which machined is bound; itself empty"],
  ["usr/sbin/mkfs.xfs", "formats /var on first use"],
  ["usr/sbin/runc", "creates containers for containerd"],
  ["usr/sbin/xfs_growfs", "grows /var with its disk"],
  ["usr/sbin/xfs_repair", "mends /var after a crash of the hardware"],
  ["usr/sbin/xtables-nft-multi", "writes packet filters for the network's plugins, as iptables and ip6tables"],
]);
