import { readFileSync, writeFileSync } from "node:fs";
import { codeOf, messageOf } from "../../errors/message.ts";
import type { Log } from "../machine.ts";

/** Set always, whatever the config says: the Kernel Self Protection Project's recommendations. */
export const hardening: Readonly<Record<string, string>> = {
  "dev.tty.ldisc_autoload": "0",
  "dev.tty.legacy_tiocsti": "0",
  "fs.protected_symlinks": "1",
  "fs.protected_hardlinks": "1",
  "fs.protected_fifos": "2",
  "fs.protected_regular": "2",
  "fs.suid_dumpable": "0",
  "kernel.kptr_restrict": "2",
  "kernel.dmesg_restrict": "1",
  "kernel.perf_event_paranoid": "3",
  "kernel.randomize_va_space": "2",
  "kernel.yama.ptrace_scope": "2",
  "kernel.unprivileged_bpf_disabled": "1",
  "net.core.bpf_jit_harden": "2",
  "user.max_user_namespaces": "0",
  "vm.unprivileged_userfaultfd": "0",
};

/** What a machine of a cluster needs; the config may say otherwise. */
export const defaults: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.ipv4.icmp_ignore_bogus_error_responses": "1",
  "net.ipv4.icmp_echo_ignore_broadcasts": "1",
  "net.ipv4.conf.all.send_redirects": "0",
  "net.ipv4.conf.default.send_redirects": "0",
  "net.ipv4.ip_local_reserved_ports": "50000,50001",
  "kernel.ctrl-alt-del": "0",
  "net.ipv6.conf.default.forwarding": "1",
  "net.ipv6.conf.default.accept_ra": "2",
  "net.ipv4.tcp_keepalive_time": "600",
  "net.ipv4.tcp_keepalive_intvl": "60",
  "kernel.panic": "10",
  // With the two around it what the kubelet insists on: a node that limps is worse than one that reboots.
  "kernel.panic_on_oops": "1",
  "kernel.pid_max": "262144",
  "vm.overcommit_memory": "1",
  "fs.inotify.max_user_instances": "8192",
  "fs.aio-max-nr": "1048576",
};

/** As `defaults`, for parameters that exist only once the bridge's modules are loaded. */
export const bridgeDefaults: Readonly<Record<string, string>> = {
  "net.bridge.bridge-nf-call-iptables": "1",
  "net.bridge.bridge-nf-call-ip6tables": "1",
};

/** The file of a kernel parameter: dots separate directories, `/` stands for a dot within a name (`eth0/100`). */
export const pathOf = (name: string): string =>
  `/proc/sys/${name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."))}`;

/**
 * Sets kernel parameters. One that this kernel does not have, or that is not ours to set, is no failure: they are
 * named in one line.
 */
export function setKernelParameters(parameters: Readonly<Record<string, string>>, log: Log): void {
  const missing: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const path = pathOf(name);
    try {
      if (readFileSync(path, "utf8").trim() !== value) writeFileSync(path, value);
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") missing.push(name);
      else log("warn", `Cannot set kernel parameter ${name} to ${value}: ${messageOf(thrown)}`);
    }
  }
  if (missing.length > 0) log("info", `this kernel has no ${missing.join(", ")}`);
}
