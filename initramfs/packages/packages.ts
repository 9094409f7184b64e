/** What of Debian goes into the image. Only some files of each are taken: see ../rootfs. */
export const suite = "trixie";

/** Programs and data, by what the machine needs them for. */
const programs = ["containerd", "runc", "udev", "xfsprogs", "ca-certificates", "mount"];

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
];

export const packageNames: readonly string[] = [...programs, ...libraries];

/** Debian's own name for "the newest kernel for virtual machines"; resolved to a real package in the lock file. */
export const kernelMetaPackage = "linux-image-cloud-";
