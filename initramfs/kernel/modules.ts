import type { ModuleGroup } from "../../src/machined/boot/module-list.ts";

/**
 * Kernel modules of the image, by when the machine loads them; what they depend on is found by the build.
 * Nothing loads a module on demand on this machine (there is no modprobe, and only PID 1 may): what is in use is here.
 */
export const modules: Readonly<Record<ModuleGroup, readonly string[]>> = {
  // Needed to mount the root file system.
  root: ["loop", "squashfs", "overlay"],
  network: ["virtio_net"],
  disk: ["virtio_blk", "virtio_scsi", "sd_mod", "nvme"],
  // The power button, and a source of entropy where the processor has none.
  device: ["button", "evdev", "virtio_rng"],
  // Loaded where there is such a device: network cards of AWS, Google and VMware.
  hardware: ["ena", "gve", "ixgbevf", "vmxnet3"],
  // Apart from the disks themselves: xfs takes a second to load when emulated, and not every machine has a disk.
  volume: ["xfs"],
  // What vfat reads names with: it cannot be mounted without.
  filesystem: ["vfat", "isofs", "nls_ascii", "nls_cp437"],
  // What flannel, the CNI plugins, and kube-proxy by nftables or iptables make the kernel ask for.
  kubernetes: [
    ...["bridge", "br_netfilter", "veth", "vxlan", "dummy"],
    ...["nf_conntrack", "nf_conntrack_netlink", "nf_nat", "nf_log_syslog", "nf_tables", "nft_compat", "nft_chain_nat"],
    ...["nft_ct", "nft_nat", "nft_masq", "nft_redir", "nft_fib_inet", "nft_limit", "nft_log", "nft_numgen"],
    // One for each family of tables: kube-proxy's are of IPv4 and IPv6, ours of both.
    ...["nft_reject_ipv4", "nft_reject_ipv6", "nft_reject_inet"],
    ...["xt_addrtype", "xt_comment", "xt_conntrack", "xt_CT", "xt_limit", "xt_LOG", "xt_mark", "xt_MASQUERADE"],
    ...["xt_multiport", "xt_nat", "xt_physdev", "xt_recent", "xt_REDIRECT", "xt_set", "xt_statistic", "xt_TCPMSS"],
    ...["xt_tcpudp", "ipt_REJECT", "ip6t_REJECT", "ip_set_hash_ip", "ip_set_hash_net"],
  ],
  // Loaded when a machine's config asks for them.
  optional: [
    ...["efivarfs", "fuse", "ip_vs", "ip_vs_rr", "ip_vs_sh", "ip_vs_wrr"],
    // Kinds of links.
    ...["8021q", "bonding", "ip_gre", "geneve", "ifb", "ipip", "ipvlan", "macvlan", "tun", "wireguard"],
    // What other network plugins and their policies ask for.
    ...["cls_bpf", "sch_ingress", "sch_tbf", "nft_connlimit", "nft_hash", "nft_quota", "nft_socket", "nft_tproxy"],
    ...["xt_bpf", "xt_connlimit", "xt_hashlimit", "xt_nfacct", "xt_socket", "xt_TPROXY"],
    // What storage for Kubernetes asks for: volumes of the machine, of the network, encrypted or not.
    ...["dm_mod", "dm_crypt", "dm_snapshot", "dm_thin_pool", "iscsi_tcp", "nbd", "nvme_tcp", "rbd"],
    // For a machine without a watchdog of its own.
    "softdog",
  ],
};

/** What the first stage loads, out of the initramfs: the machine cannot wait for these, and needs them soon anyway. */
export const earlyGroups: ReadonlySet<ModuleGroup> = new Set(["root", "network", "disk", "device"]);
