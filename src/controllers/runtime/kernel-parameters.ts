/**
 * What the Kernel Self Protection Project recommends. Set before anything else runs, and again by the controller; who
 * needs the opposite of one (user namespaces, a debugger) can have it, and the log says what that gives away.
 */
export const hardening: Readonly<Record<string, string>> = {
  "proc.sys.dev.tty.ldisc_autoload": "0",
  "proc.sys.dev.tty.legacy_tiocsti": "0",
  "proc.sys.fs.protected_symlinks": "1",
  "proc.sys.fs.protected_hardlinks": "1",
  "proc.sys.fs.protected_fifos": "2",
  "proc.sys.fs.protected_regular": "2",
  "proc.sys.fs.suid_dumpable": "0",
  "proc.sys.kernel.kptr_restrict": "2",
  "proc.sys.kernel.dmesg_restrict": "1",
  "proc.sys.kernel.perf_event_paranoid": "3",
  "proc.sys.kernel.randomize_va_space": "2",
  "proc.sys.kernel.yama.ptrace_scope": "2",
  "proc.sys.kernel.unprivileged_bpf_disabled": "1",
  "proc.sys.net.core.bpf_jit_harden": "2",
  "proc.sys.user.max_user_namespaces": "0",
  "proc.sys.vm.unprivileged_userfaultfd": "0",
};

/** What a machine of a cluster needs. */
export const clusterDefaults: Readonly<Record<string, string>> = {
  "proc.sys.net.ipv4.ip_forward": "1",
  "proc.sys.net.ipv4.icmp_ignore_bogus_error_responses": "1",
  "proc.sys.net.ipv4.icmp_echo_ignore_broadcasts": "1",
  "proc.sys.net.ipv4.conf.all.send_redirects": "0",
  "proc.sys.net.ipv4.conf.default.send_redirects": "0",
  // The ports of apid and trustd, which no outgoing connection may take.
  "proc.sys.net.ipv4.ip_local_reserved_ports": "50000,50001",
  // These two come with the bridge's modules.
  "proc.sys.net.bridge.bridge-nf-call-iptables": "1",
  "proc.sys.net.bridge.bridge-nf-call-ip6tables": "1",
  "proc.sys.net.ipv6.conf.default.forwarding": "1",
  "proc.sys.net.ipv6.conf.default.accept_ra": "2",
  "proc.sys.net.ipv4.tcp_keepalive_time": "600",
  "proc.sys.net.ipv4.tcp_keepalive_intvl": "60",
  "proc.sys.kernel.ctrl-alt-del": "0",
  "proc.sys.kernel.panic": "10",
  // With the two around it what the kubelet insists on: a node that limps is worse than one that reboots.
  "proc.sys.kernel.panic_on_oops": "1",
  "proc.sys.kernel.pid_max": "262144",
  "proc.sys.vm.overcommit_memory": "1",
  "proc.sys.fs.inotify.max_user_instances": "8192",
  "proc.sys.fs.aio-max-nr": "1048576",
};

/**
 * Whether a machine in a container may set it: the kernel is the host's, but each network namespace has its own values
 * of these, and shows none that it shares.
 */
export const belongsToNamespace = (id: string): boolean => /^proc\.sys\.net[./](?!bridge[./])/.test(id);

/** Where in the configuration a parameter is written, for messages. */
export const configPathOf = (id: string): string =>
  id.startsWith("proc.sys.") ? `machine.sysctls["${id.slice(9)}"]` : `machine.sysfs["${id.slice(4)}"]`;
