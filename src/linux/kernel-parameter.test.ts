import { expect, test } from "bun:test";
import fc from "fast-check";
import { parameterPath, readParameter, sameValue, writeParameter } from "./kernel-parameter.ts";
import { inNetworkNamespace } from "./testing/namespace.ts";

test.each([
  ["proc.sys.net.ipv6.conf.eth0.accept_ra", "/proc/sys/net/ipv6/conf/eth0/accept_ra"],
  ["proc.sys.net/ipv6/conf/eth0.103/disable_ipv6", "/proc/sys/net/ipv6/conf/eth0.103/disable_ipv6"],
  ["proc.sys.net.ipv6.conf.eth0/103.disable_ipv6", "/proc/sys/net/ipv6/conf/eth0.103/disable_ipv6"],
  ["sys.block.sda.queue.scheduler", "/sys/block/sda/queue/scheduler"],
  ["proc.sys.net.ipv6.conf.eth0/103.//.disable_ipv6", "/proc/sys/net/ipv6/conf/disable_ipv6"],
  ["proc.sys.a/../../../etc/shadow", undefined],
  ["proc.sys..//.etc", undefined],
  ["etc.passwd", undefined],
  ["proc.sys.", undefined],
])("%s is %s", (id, path) => {
  expect(parameterPath(id)).toBe(path);
});

test("no id leads out of the kernel's parameters", () => {
  const part = fc.constantFrom(".", "/", "..", "//", "a", "eth0", "proc", "sys", "etc", "\0");
  fc.assert(
    fc.property(fc.constantFrom("proc.sys.", "sys."), fc.array(part, { maxLength: 12 }), (prefix, parts) => {
      const path = parameterPath(prefix + parts.join(""));
      if (path === undefined) return;
      expect(path).toStartWith(prefix === "sys." ? "/sys/" : "/proc/sys/");
      expect(path.split("/")).not.toContain("..");
    }),
  );
});

test("values are the kernel's", () =>
  inNetworkNamespace(() => {
    const path = "/proc/sys/net/ipv4/tcp_keepalive_time";
    expect(writeParameter(path, "601")).toBe(true);
    expect(readParameter(path)).toBe("601");
    expect(() => writeParameter(path, "soon")).toThrow("EINVAL");
    expect(writeParameter("/proc/sys/net/ipv4/nonsense", "1")).toBe(false);
    expect(readParameter("/proc/sys/net/ipv4/nonsense/more")).toBeUndefined();
    const reserved = "/proc/sys/net/ipv4/ip_local_reserved_ports";
    writeParameter(reserved, "50000,50001");
    expect(readParameter(reserved)).toBe("50000-50001");
    writeParameter(reserved, "");
    expect(readParameter(reserved)).toBe("");
    const ports = "/proc/sys/net/ipv4/ip_local_port_range";
    writeParameter(ports, "1024 2048");
    expect(sameValue(readParameter(ports) ?? "", "1024 2048")).toBe(true);
  }));
