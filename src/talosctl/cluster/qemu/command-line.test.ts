import { expect, test } from "bun:test";
import { hardwareAddressOf } from "../network/hardware-address.ts";
import { tcg } from "./accelerator.ts";
import { bootConfig, commandLine, kernelArguments, type VirtualMachine } from "./command-line.ts";

const machine: VirtualMachine = {
  name: "default-controlplane-1",
  architecture: "amd64",
  accelerator: tcg("test"),
  cpus: 2,
  memoryMib: 2048,
  disk: "/a,b/disk.raw",
  console: "/c/console.log",
  monitor: "/c/monitor",
  pidFile: "/c/pid",
  bootConfig: "/c/boot.conf",
  network: {
    kind: "user",
    hostname: "default-controlplane-1",
    ports: { apid: 50_100, trustd: 50_101, kubernetes: 6_500 },
    exposed: [{ protocol: "udp", host: 5_300, machine: 53 }],
    extraNics: [],
  },
};

const valuesOf = (flag: string, argv: readonly string[]) =>
  argv.flatMap((argument, index) => (argv[index - 1] === flag ? [argument] : []));

test("the machine's ports are forwarded from the host's loopback alone", () => {
  expect(valuesOf("-netdev", commandLine(machine))).toEqual([
    [
      "user,id=net0,hostname=default-controlplane-1",
      "hostfwd=tcp:127.0.0.1:50100-:50000",
      "hostfwd=tcp:127.0.0.1:50101-:50001",
      "hostfwd=tcp:127.0.0.1:6500-:6500",
      "hostfwd=udp:127.0.0.1:5300-:53",
    ].join(),
  ]);
});

test("more cards have networks of their own, or are plugged into each other", () => {
  const { network } = machine;
  if (network.kind !== "user") throw new Error("the machine is on a bridge");
  const argv = commandLine({ ...machine, network: { ...network, extraNics: ["network", "cable", "network"] } });
  expect(valuesOf("-netdev", argv).slice(1)).toEqual([
    "user,id=net1,restrict=on,net=10.0.3.0/24",
    "hubport,id=net2a,hubid=2",
    "hubport,id=net2b,hubid=2",
    "user,id=net3,restrict=on,net=10.0.5.0/24",
  ]);
  const cards = valuesOf("-device", argv).filter((device) => device.startsWith("virtio-net"));
  expect(cards.map((card) => /netdev=(\w+)/.exec(card)?.[1])).toEqual(["net0", "net1", "net2a", "net2b", "net3"]);
});

test("a card may be of another make", () => {
  const { network } = machine;
  if (network.kind !== "user") throw new Error("the machine is on a bridge");
  const argv = commandLine({ ...machine, network: { ...network, extraNics: ["vmxnet3"] } });
  expect(valuesOf("-device", argv)).toContain("vmxnet3,netdev=net1,romfile=");
});

test("a machine on a bridge has the hardware address that its reservation is for", () => {
  const hardwareAddress = hardwareAddressOf("x-worker-1");
  const argv = commandLine({ ...machine, network: { kind: "tap", link: "talos0", hardwareAddress } });
  expect(valuesOf("-netdev", argv)).toEqual(["tap,id=net0,ifname=talos0,script=no,downscript=no"]);
  expect(valuesOf("-device", argv)[0]).toEndWith(`,mac=${hardwareAddress}`);
  expect(hardwareAddress).toMatch(/^52:54(:[0-9a-f]{2}){4}$/);
  expect(hardwareAddressOf("x-worker-2")).not.toBe(hardwareAddress);
});

test("emulation uses a thread for each CPU and every feature that it can", () => {
  const argv = commandLine(machine);
  expect(valuesOf("-accel", argv)).toEqual(["tcg,thread=multi"]);
  expect(valuesOf("-cpu", argv)).toEqual(["max"]);
  expect(valuesOf("-smp", argv)).toEqual(["2"]);
});

test("a comma in a path does not end the option", () => {
  expect(valuesOf("-drive", commandLine(machine))[0]).toEndWith("file=/a,,b/disk.raw");
});

test("the config's URL is not in the process list", () => {
  const argument = kernelArguments("amd64", { config: "http://10.0.2.2:1/secret/config.yaml" });
  const config = bootConfig({ kernel: "/k", initrd: "/i", arguments: argument });
  expect(config).toContain("talos.config=http://10.0.2.2:1/secret/config.yaml");
  expect(commandLine(machine).join(" ")).not.toContain("secret");
});

test("the kernel is hardened as an image's is", () => {
  const line = kernelArguments("arm64", { config: "http://x/" });
  for (const argument of ["slab_nomerge", "pti=on", "console=ttyAMA0", "talos.platform=metal"]) {
    expect(line).toContain(argument);
  }
});

test("a machine that is to wait for its config is told of none", () => {
  expect(kernelArguments("amd64", {}).join(" ")).not.toContain("talos.config");
});

test("what does not fit QEMU's config file is refused", () => {
  const long = { kernel: "/k", initrd: "/i", arguments: ["x".repeat(1_024)] };
  expect(() => bootConfig(long)).toThrow("at most 1023 bytes");
  expect(() => bootConfig({ ...long, kernel: '/"', arguments: [] })).toThrow('Cannot boot with kernel "/"":');
});
