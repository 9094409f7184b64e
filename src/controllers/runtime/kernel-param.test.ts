import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { readParameter } from "../../linux/kernel-parameter.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { KernelParamDefaultSpec } from "../../resources/runtime/kernel-param-default-spec.ts";
import { KernelParamStatus } from "../../resources/runtime/kernel-param-status.ts";
import { LoadedKernelModule } from "../../resources/runtime/loaded-kernel-module.ts";
import { configure, machineWith } from "../testing.ts";
import { kernelParamConfigController } from "./kernel-param-config.ts";
import { kernelParamDefaultsController } from "./kernel-param-defaults.ts";
import { kernelParamSpecController } from "./kernel-param-spec.ts";

const withSysctls = (sysctls: Readonly<Record<string, string>>, sysfs: Readonly<Record<string, string>> = {}) =>
  testConfig().replace(
    /^machine:\n/m,
    `machine:\n    sysctls: ${JSON.stringify(sysctls)}\n    sysfs: ${JSON.stringify(sysfs)}\n`,
  );

// Only what belongs to the namespace of the test: the rest is this host's.
const machine = (config: string, ...more: Parameters<typeof machineWith>[1][]) =>
  machineWith({ config }, kernelParamConfigController(), kernelParamSpecController({ ownKernel: false }), ...more);

const live = (name: string) => readParameter(`/proc/sys/${name}`);

test("a parameter follows the configuration, and has its former value back afterwards", () =>
  inNetworkNamespace(async () => {
    const before = live("net/ipv4/tcp_fin_timeout");
    await using running = await machine(withSysctls({ "net.ipv4.tcp_fin_timeout": "11" }));
    const id = "proc.sys.net.ipv4.tcp_fin_timeout";
    const { spec } = await running.eventually(KernelParamStatus, id);
    expect(spec).toEqual({ current: "11", default: before ?? "", unsupported: false });
    expect(live("net/ipv4/tcp_fin_timeout")).toBe("11");
    await configure(running, withSysctls({ "net.ipv4.tcp_fin_timeout": "12" }));
    await running.eventually(KernelParamStatus, id, (found) => found.spec.current === "12");
    expect(live("net/ipv4/tcp_fin_timeout")).toBe("12");
    await configure(running, testConfig());
    await running.eventuallyGone(KernelParamStatus, id);
    expect(live("net/ipv4/tcp_fin_timeout")).toBe(before);
  }));

test("the configuration beats a default, which comes back after it", () =>
  inNetworkNamespace(async () => {
    const id = "proc.sys.net.ipv4.tcp_keepalive_time";
    const defaults = kernelParamDefaultsController({ ownKernel: false });
    await using running = await machine(withSysctls({ "net.ipv4.tcp_keepalive_time": "33" }), defaults);
    await running.eventually(KernelParamStatus, id, ({ spec }) => spec.current === "33");
    expect((await running.eventually(KernelParamDefaultSpec, id)).spec.value).toBe("600");
    await configure(running, testConfig());
    await running.eventually(KernelParamStatus, id, ({ spec }) => spec.current === "600");
    expect(live("net/ipv4/tcp_keepalive_time")).toBe("600");
    expect(live("net/ipv4/ip_forward")).toBe("1");
  }));

test("a value that the kernel refuses is named by its place in the configuration, and holds up no other", () =>
  inNetworkNamespace(async () => {
    const sysctls = { "net.ipv4.tcp_fin_timeout": "soon", "net.ipv4.tcp_keepalive_probes": "7" };
    await using running = await machine(withSysctls(sysctls, { "../etc/shadow": "1" }));
    await running.eventually(KernelParamStatus, "proc.sys.net.ipv4.tcp_keepalive_probes");
    const { spec } = await running.eventually(KernelParamStatus, "proc.sys.net.ipv4.tcp_fin_timeout");
    expect(spec).toMatchObject({ current: spec.default, unsupported: false });
    const said = () => running.logged.filter((line) => line.includes("tcp_fin_timeout"));
    expect(said()).toEqual([
      'runtime.KernelParamSpecController: Cannot set machine.sysctls["net.ipv4.tcp_fin_timeout"] to "soon": ' +
        "the kernel does not take this value (EINVAL)",
    ]);
    await configure(running, withSysctls({ ...sysctls, "net.ipv4.tcp_keepalive_probes": "8" }));
    await running.eventually(
      KernelParamStatus,
      "proc.sys.net.ipv4.tcp_keepalive_probes",
      (found) => found.spec.current === "8",
    );
    expect(said()).toHaveLength(1);
  }));

test("a parameter that a link or a module brings later is set then, and one of the host's never", () =>
  inNetworkNamespace(async () => {
    const id = "proc.sys.net.ipv4.conf.late/7.forwarding";
    await using running = await machine(
      withSysctls({ "net.ipv4.conf.late/7.forwarding": "1", "vm.overcommit_memory": "1" }),
    );
    const early = await running.eventually(KernelParamStatus, id);
    expect(early.spec.unsupported).toBe(true);
    const host = await running.eventually(KernelParamStatus, "proc.sys.vm.overcommit_memory");
    expect(host.spec.unsupported).toBe(true);
    expect(Bun.spawnSync(["ip", "link", "add", "late.7", "type", "veth"]).exitCode).toBe(0);
    const spec = { size: 1, referenceCount: 0, dependencies: [], state: "Live", address: "0" };
    await running.state.create(LoadedKernelModule, "veth", spec);
    await running.eventually(KernelParamStatus, id, (found) => !found.spec.unsupported);
    expect(live("net/ipv4/conf/late.7/forwarding")).toBe("1");
  }));

test("a default does not fight the configuration over a parameter of two names", () =>
  inNetworkNamespace(async () => {
    const defaults = kernelParamDefaultsController({ ownKernel: false });
    const other = { "net.ipv4.conf.all.forwarding": "0" };
    await using running = await machine(withSysctls(other), defaults);
    const id = "proc.sys.net.ipv4.conf.all.forwarding";
    await running.eventually(KernelParamStatus, id);
    await running.eventually(KernelParamStatus, "proc.sys.net.ipv4.ip_forward");
    await configure(running, withSysctls({ ...other, "net.ipv4.tcp_fin_timeout": "9" }));
    await running.eventually(KernelParamStatus, "proc.sys.net.ipv4.tcp_fin_timeout");
    expect(live("net/ipv4/ip_forward")).toBe("0");
  }));
