/** What of Debian goes into the image. Only some files of each are taken: see ../rootfs. */
export const suite = "trixie";

/** Programs and data, by what the machine needs them for. */
const programs = ["containerd", "runc", "udev", "xfsprogs", "ca-certificates", "mount", "pci.ids"];

/** What container images take: kube-proxy and flannel write packet filters, flannel's pod copies a file. */
const imagePrograms = ["iptables", "nftables", "conntrack", "coreutils"];

/**
 * The packages that hold the libraries of those programs, and Bun's. The build finds by itself which files of them it
 * needs, and names a library that is in none of them.
 */
const libraries = [
  ...[
    "libc6",
    "libgcc-s1",
    "libseccomp2",
    "libcap2",
    "libblkid1",
    "libmount1",
    "libuuid1",
    "libudev1",
    "libsystemd-shared",
  ],
  ...[
    "libselinux1",
    "libpcre2-8-0",
    "libacl1",
    "libinih1",
    "liburcu8t64",
    "libedit2",
    "libbsd0",
    "libmd0",
    "libtinfo6",
  ],
  ...["libcrypt1", "libssl3t64", "libzstd1", "zlib1g", "libpam0g", "libaudit1", "libcap-ng0", "libsmartcols1"],
  ...["libxtables12", "libip4tc2", "libip6tc2", "libmnl0", "libnftnl11", "libnftables1", "libjansson4", "libgmp10"],
  ...["libnetfilter-conntrack3", "libnfnetlink0", "libattr1"],
];

export const packageNames: readonly string[] = [...programs, ...imagePrograms, ...libraries];

/** Debian's own name for "the newest kernel for virtual machines"; resolved to a real package in the lock file. */
export const kernelMetaPackage = "linux-image-cloud-";
