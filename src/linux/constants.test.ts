import { expect, test } from "bun:test";
import { BlockRequest } from "./block-device.ts";
import {
  ambientClearAll,
  Capability,
  capabilityData,
  capabilityHeader,
  capabilityVersion,
  Prctl,
} from "./capability.ts";
import { ClockId, timespec } from "./clock.ts";
import { TimerFlag } from "./clock-steps.ts";
import { Errno } from "./errno.ts";
import { LockOperation, OpenFlag, SeekFrom } from "./file-descriptor.ts";
import { LoopFlag, LoopRequest, loopConfig, loopInfo } from "./loop.ts";
import { ModuleFlag } from "./module.ts";
import { MountFlag, UnmountFlag } from "./mount.ts";
import { CloneFlag } from "./namespace.ts";
import { FilterCode, filterInstruction, filterProgram } from "./packet-filter.ts";
import { Aio, iocb, ioEvent } from "./readiness.ts";
import { RebootCommand } from "./reboot.ts";
import { Rlimit, rlimitStruct } from "./rlimit.ts";
import { RtcRequest, rtcTime } from "./rtc.ts";
import { AddressFamily, MessageFlag, SocketOption, SocketType } from "./socket.ts";
import { statfsStruct } from "./statfs.ts";
import { syscallNumber } from "./syscall-number.ts";
import { cConstants, cLayout, layoutOf } from "./testing/c-headers.ts";
import { TimexMode, TimexStatus, timex, timexBytes } from "./timex.ts";
import { controlHeader, ioVector, messageHeader, passDescriptors, unixAddress } from "./unix-socket.ts";
import { childInfo, signalInfoSize, Wait } from "./wait.ts";
import { WatchdogRequest } from "./watchdog.ts";

/** Our name for a constant, and the C expression it must equal. */
type Pairs = readonly (readonly [ours: number, expression: string])[];

const named = <T extends Readonly<Record<string, number>>>(ours: T, names: Readonly<Record<keyof T, string>>): Pairs =>
  Object.entries(ours).map(([key, value]) => [value, names[key as keyof T]] as const);

const groups: Readonly<Record<string, { readonly headers: readonly string[]; readonly pairs: Pairs }>> = {
  errno: { headers: ["errno.h"], pairs: Object.entries(Errno).map(([name, value]) => [value, name] as const) },
  "system call numbers": {
    headers: ["sys/syscall.h"],
    pairs: Object.entries(syscallNumber).map(([name, value]) => [value, `SYS_${name}`] as const),
  },
  files: {
    headers: ["fcntl.h", "unistd.h"],
    pairs: [
      ...named(OpenFlag, {
        readOnly: "O_RDONLY",
        writeOnly: "O_WRONLY",
        readWrite: "O_RDWR",
        create: "O_CREAT",
        exclusive: "O_EXCL",
        truncate: "O_TRUNC",
        append: "O_APPEND",
        nonBlocking: "O_NONBLOCK",
        directory: "O_DIRECTORY",
        closeOnExec: "O_CLOEXEC",
        path: "O_PATH",
      }),
      ...named(SeekFrom, { start: "SEEK_SET", current: "SEEK_CUR", end: "SEEK_END" }),
    ],
  },
  mounts: {
    headers: ["sys/mount.h"],
    pairs: [
      ...named(MountFlag, {
        readOnly: "MS_RDONLY",
        noSuid: "MS_NOSUID",
        noDev: "MS_NODEV",
        noExec: "MS_NOEXEC",
        remount: "MS_REMOUNT",
        noAccessTime: "MS_NOATIME",
        bind: "MS_BIND",
        move: "MS_MOVE",
        recursive: "MS_REC",
        silent: "MS_SILENT",
        private: "MS_PRIVATE",
        slave: "MS_SLAVE",
        shared: "MS_SHARED",
        relativeAccessTime: "MS_RELATIME",
      }),
      ...named(UnmountFlag, { force: "MNT_FORCE", detach: "MNT_DETACH", noFollow: "UMOUNT_NOFOLLOW" }),
    ],
  },
  "namespaces, processes and rights": {
    headers: [
      "sched.h",
      "sys/wait.h",
      "linux/wait.h",
      "linux/capability.h",
      "linux/prctl.h",
      "linux/reboot.h",
      "linux/module.h",
      "sys/resource.h",
      "signal.h",
      "time.h",
    ],
    pairs: [
      ...named(CloneFlag, {
        fs: "CLONE_FS",
        newTime: "CLONE_NEWTIME",
        newMount: "CLONE_NEWNS",
        newCgroup: "CLONE_NEWCGROUP",
        newUts: "CLONE_NEWUTS",
        newIpc: "CLONE_NEWIPC",
        newUser: "CLONE_NEWUSER",
        newPid: "CLONE_NEWPID",
        newNet: "CLONE_NEWNET",
      }),
      ...named(Wait, { anyChild: "P_ALL", noHang: "WNOHANG", exited: "WEXITED", thisThreadOnly: "__WNOTHREAD" }),
      [signalInfoSize, "sizeof(siginfo_t)"],
      ...named(Capability, {
        setPcap: "CAP_SETPCAP",
        netAdmin: "CAP_NET_ADMIN",
        netRaw: "CAP_NET_RAW",
        sysModule: "CAP_SYS_MODULE",
        sysAdmin: "CAP_SYS_ADMIN",
        sysBoot: "CAP_SYS_BOOT",
        sysResource: "CAP_SYS_RESOURCE",
      }),
      ...named(Prctl, {
        boundingRead: "PR_CAPBSET_READ",
        boundingDrop: "PR_CAPBSET_DROP",
        setNoNewPrivileges: "PR_SET_NO_NEW_PRIVS",
        ambient: "PR_CAP_AMBIENT",
      }),
      [ambientClearAll, "PR_CAP_AMBIENT_CLEAR_ALL"],
      [capabilityVersion, "_LINUX_CAPABILITY_VERSION_3"],
      [capabilityData.size, "sizeof(struct __user_cap_data_struct[_LINUX_CAPABILITY_U32S_3])"],
      ...named(RebootCommand, {
        restart: "LINUX_REBOOT_CMD_RESTART",
        powerOff: "LINUX_REBOOT_CMD_POWER_OFF",
        halt: "(int)LINUX_REBOOT_CMD_HALT",
        kexec: "LINUX_REBOOT_CMD_KEXEC",
        disableCtrlAltDel: "LINUX_REBOOT_CMD_CAD_OFF",
      }),
      ...named(ModuleFlag, { compressedFile: "MODULE_INIT_COMPRESSED_FILE" }),
      ...named(Rlimit, {
        core: "RLIMIT_CORE",
        processes: "RLIMIT_NPROC",
        openFiles: "RLIMIT_NOFILE",
        lockedMemory: "RLIMIT_MEMLOCK",
      }),
      ...named(ClockId, { realtime: "CLOCK_REALTIME", monotonic: "CLOCK_MONOTONIC", boottime: "CLOCK_BOOTTIME" }),
    ],
  },
  clocks: {
    headers: ["sys/timex.h", "sys/timerfd.h"],
    pairs: [
      ...named(TimerFlag, { absolute: "TFD_TIMER_ABSTIME", cancelOnSet: "TFD_TIMER_CANCEL_ON_SET" }),
      ...named(TimexMode, {
        offset: "ADJ_OFFSET",
        maximumError: "ADJ_MAXERROR",
        estimatedError: "ADJ_ESTERROR",
        status: "ADJ_STATUS",
        timeConstant: "ADJ_TIMECONST",
        setOffset: "ADJ_SETOFFSET",
        nanoseconds: "ADJ_NANO",
      }),
      ...Object.entries(TimexStatus).map(([name, value]) => [value, name] as const),
      [timexBytes, "sizeof(struct timex)"],
    ],
  },
  sockets: {
    headers: ["sys/socket.h"],
    pairs: [
      ...named(AddressFamily, {
        unspecified: "AF_UNSPEC",
        unix: "AF_UNIX",
        inet4: "AF_INET",
        inet6: "AF_INET6",
        netlink: "AF_NETLINK",
        packet: "AF_PACKET",
      }),
      ...named(SocketType, {
        stream: "SOCK_STREAM",
        datagram: "SOCK_DGRAM",
        raw: "SOCK_RAW",
        nonBlocking: "SOCK_NONBLOCK",
        closeOnExec: "SOCK_CLOEXEC",
      }),
      ...named(MessageFlag, {
        peek: "MSG_PEEK",
        truncated: "MSG_TRUNC",
        dontWait: "MSG_DONTWAIT",
        noSignal: "MSG_NOSIGNAL",
      }),
      ...named(SocketOption, {
        socketLevel: "SOL_SOCKET",
        receiveBuffer: "SO_RCVBUF",
        sendBufferForce: "SO_SNDBUFFORCE",
        receiveBufferForce: "SO_RCVBUFFORCE",
        attachFilter: "SO_ATTACH_FILTER",
      }),
      [passDescriptors, "SCM_RIGHTS"],
    ],
  },
  "packet filters": {
    headers: ["linux/filter.h"],
    pairs: named(FilterCode, {
      loadByte: "BPF_LD | BPF_B | BPF_ABS",
      loadWord: "BPF_LD | BPF_W | BPF_ABS",
      loadHalf: "BPF_LD | BPF_H | BPF_ABS",
      loadHalfBehind: "BPF_LD | BPF_H | BPF_IND",
      headerSizeToX: "BPF_LDX | BPF_B | BPF_MSH",
      ifEqual: "BPF_JMP | BPF_JEQ | BPF_K",
      ifAnyBit: "BPF_JMP | BPF_JSET | BPF_K",
      answer: "BPF_RET | BPF_K",
    }),
  },
  "block devices and asynchronous I/O": {
    headers: [
      "linux/fs.h",
      "sys/file.h",
      "linux/loop.h",
      "linux/watchdog.h",
      "linux/aio_abi.h",
      "poll.h",
      "linux/rtc.h",
    ],
    pairs: [
      ...named(BlockRequest, { rereadPartitions: "BLKRRPART", sectorBytes: "BLKSSZGET", sizeBytes: "BLKGETSIZE64" }),
      ...named(LockOperation, { exclusive: "LOCK_EX", nonBlocking: "LOCK_NB" }),
      ...named(WatchdogRequest, { keepAlive: "WDIOC_KEEPALIVE", setTimeout: "WDIOC_SETTIMEOUT" }),
      ...named(RtcRequest, { set: "RTC_SET_TIME" }),
      ...named(LoopRequest, { configure: "LOOP_CONFIGURE", clear: "LOOP_CLR_FD", getFree: "LOOP_CTL_GET_FREE" }),
      ...named(LoopFlag, {
        readOnly: "LO_FLAGS_READ_ONLY",
        autoClear: "LO_FLAGS_AUTOCLEAR",
        partitionScan: "LO_FLAGS_PARTSCAN",
        directIo: "LO_FLAGS_DIRECT_IO",
      }),
      ...named(Aio, { poll: "IOCB_CMD_POLL", resultToEventFile: "IOCB_FLAG_RESFD", readable: "POLLIN" }),
    ],
  },
};

for (const [name, { headers, pairs }] of Object.entries(groups)) {
  test(`constants of ${name} are the kernel's`, () => {
    const values = cConstants(
      headers,
      pairs.map(([, expression]) => expression),
    );
    expect(Object.fromEntries(pairs.map(([ours, expression]) => [expression, ours]))).toEqual(values);
  });
}

const layouts = [
  {
    type: "struct rtc_time",
    header: "linux/rtc.h",
    ours: layoutOf(rtcTime, {
      second: "tm_sec",
      minute: "tm_min",
      hour: "tm_hour",
      day: "tm_mday",
      month: "tm_mon",
      year: "tm_year",
      weekday: "tm_wday",
      dayOfYear: "tm_yday",
      summerTime: "tm_isdst",
    }),
  },
  {
    type: "struct timespec",
    header: "time.h",
    ours: layoutOf(timespec, { seconds: "tv_sec", nanoseconds: "tv_nsec" }),
  },
  {
    type: "struct rlimit",
    header: "sys/resource.h",
    ours: layoutOf(rlimitStruct, { soft: "rlim_cur", hard: "rlim_max" }),
  },
  {
    type: "struct statfs",
    header: "sys/vfs.h",
    ours: layoutOf(statfsStruct, {
      type: "f_type",
      blockSize: "f_bsize",
      blocks: "f_blocks",
      freeBlocks: "f_bfree",
      availableBlocks: "f_bavail",
      files: "f_files",
      freeFiles: "f_ffree",
      id0: "f_fsid",
      nameLength: "f_namelen",
      fragmentSize: "f_frsize",
      flags: "f_flags",
    }),
  },
  {
    type: "struct __user_cap_header_struct",
    header: "linux/capability.h",
    ours: layoutOf(capabilityHeader, { version: "version", pid: "pid" }),
  },
  {
    type: "struct loop_info64",
    header: "linux/loop.h",
    ours: layoutOf(loopInfo, {
      offset: "lo_offset",
      sizeLimit: "lo_sizelimit",
      number: "lo_number",
      flags: "lo_flags",
      fileName: "lo_file_name",
      encryptKey: "lo_encrypt_key",
    }),
  },
  {
    type: "struct loop_config",
    header: "linux/loop.h",
    ours: layoutOf(loopConfig, { file: "fd", blockSize: "block_size", info: "info" }),
  },
  {
    type: "struct sock_filter",
    header: "linux/filter.h",
    ours: layoutOf(filterInstruction, { code: "code", ifTrue: "jt", ifFalse: "jf", operand: "k" }),
  },
  {
    type: "struct sock_fprog",
    header: "linux/filter.h",
    ours: layoutOf(filterProgram, { length: "len", instructions: "filter" }),
  },
  {
    type: "struct sockaddr_un",
    header: "sys/un.h",
    ours: layoutOf(unixAddress, { family: "sun_family", path: "sun_path" }),
  },
  {
    type: "struct iovec",
    header: "sys/uio.h",
    ours: layoutOf(ioVector, { base: "iov_base", length: "iov_len" }),
  },
  {
    type: "struct msghdr",
    header: "sys/socket.h",
    ours: layoutOf(messageHeader, {
      name: "msg_name",
      nameLength: "msg_namelen",
      vectors: "msg_iov",
      vectorCount: "msg_iovlen",
      control: "msg_control",
      controlLength: "msg_controllen",
      flags: "msg_flags",
    }),
  },
  {
    type: "struct cmsghdr",
    header: "sys/socket.h",
    ours: layoutOf(controlHeader, { length: "cmsg_len", level: "cmsg_level", type: "cmsg_type" }),
  },
  {
    type: "struct iocb",
    header: "linux/aio_abi.h",
    ours: layoutOf(iocb, {
      data: "aio_data",
      opcode: "aio_lio_opcode",
      file: "aio_fildes",
      buffer: "aio_buf",
      flags: "aio_flags",
      resultFile: "aio_resfd",
    }),
  },
  {
    type: "struct io_event",
    header: "linux/aio_abi.h",
    ours: layoutOf(ioEvent, { data: "data", object: "obj", result: "res", result2: "res2" }),
  },
] as const;

for (const { type, header, ours } of layouts) {
  test(`${type} has the layout of the C compiler`, () => {
    expect(ours).toEqual(cLayout([header], type, Object.keys(ours.offsets)));
  });
}

test("struct timex has its first members where we read and write them", () => {
  const names = ["modes", "offset", "freq", "maxerror", "esterror", "status", "constant"];
  const more = ["precision", "tolerance", "time.tv_sec", "time.tv_usec"];
  const { offsets } = cLayout(["sys/timex.h"], "struct timex", [...names, ...more]);
  expect(Object.values(timex.offsets)).toEqual(Object.values(offsets));
});

test("siginfo_t holds a child's end where we read it", () => {
  const { offsets } = cLayout(["signal.h"], "siginfo_t", ["si_code", "si_pid", "si_uid", "si_status"]);
  expect(offsets).toEqual({
    si_code: childInfo.offsets.code,
    si_pid: childInfo.offsets.pid,
    si_uid: childInfo.offsets.uid,
    si_status: childInfo.offsets.status,
  });
});
