import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { parseKernelArguments } from "./kernel-arguments.ts";
import { parseBondArgument, parseBridgeArgument, parseVlanArgument } from "./link-arguments.ts";
import { networkArguments } from "./network-arguments.ts";

const bond = { kind: "bond", name: "bond1", members: ["eth0", "eth1"], settings: {}, primary: undefined, mtu: 0 };

test.each([
  ["bond1", bond],
  ["bond1:::", bond],
  ["bond1:eth3,eth4", { ...bond, members: ["eth3", "eth4"] }],
  [
    "bond1:eth3,eth4:mode=802.3ad,xmit_hash_policy=layer2+3:1450",
    { ...bond, members: ["eth3", "eth4"], settings: { mode: "802.3ad", xmitHashPolicy: "layer2+3" }, mtu: 1_450 },
  ],
  // The kernel's own numbers are as good as its words.
  [
    "bond1::mode=1,primary=eth1,miimon=100",
    { ...bond, settings: { mode: "active-backup", miimon: 100 }, primary: "eth1" },
  ],
  ["bond1::arp_ip_target=192.0.2.1;192.0.2.2", { ...bond, settings: { arpIpTargets: ["192.0.2.1", "192.0.2.2"] } }],
])("bond=%s", (value, expected) => {
  expect(parseBondArgument(value)).toEqual(expected as ReturnType<typeof parseBondArgument>);
});

test.each([
  ["eth1.169:eth1", { parent: "eth1", id: 169 }],
  ["eth1.0005:eth1", { parent: "eth1", id: 5 }],
  ["vlan0008:eth1", { parent: "eth1", id: 8 }],
  ["vlan4094:bond0", { parent: "bond0", id: 4_094 }],
])("vlan=%s", (value, expected) => {
  expect(parseVlanArgument(value)).toEqual({ kind: "vlan", ...expected });
});

test("bridge= has ports, and alone it is the usual one", () => {
  expect(parseBridgeArgument("br1:eth1,eth2")).toEqual({ kind: "bridge", name: "br1", members: ["eth1", "eth2"] });
  expect(parseBridgeArgument("")).toEqual({ kind: "bridge", name: "br0", members: ["eth0"] });
});

test("what makes no sense is told and left out, the others count", () => {
  const line =
    "bond=bond0:eth1:mod=1 bond=b:eth1:mode=fast bond=b:::x vlan=eth1.4095:eth1 vlan=eth1 bridge=br0 vlan=vlan7:eth1";
  const { madeLinks, problems } = networkArguments(parseKernelArguments(line));
  expect(madeLinks).toEqual([{ kind: "vlan", parent: "eth1", id: 7 }]);
  expect(problems).toEqual([
    'Cannot use the kernel argument bond=bond0:eth1:mod=1: there is no bond option "mod"',
    'Cannot use the kernel argument bond=b:eth1:mode=fast: "fast" is no value of mode',
    'Cannot use the kernel argument bond=b:::x: the MTU "x" is no number',
    "Cannot use the kernel argument bridge=br0: expected a form like br0:eth0,eth1",
    "Cannot use the kernel argument vlan=eth1.4095:eth1: the tag 4095 is not from 1 to 4094",
    "Cannot use the kernel argument vlan=eth1: expected a form like eth0.5:eth0 or vlan5:eth0",
  ]);
});

test("any text is read or refused in words", () => {
  const text = fc.string({ unit: fc.constantFrom(..."bond0:eth1,mode=802.3ad;vlan.") });
  fc.assert(
    fc.property(text, fc.constantFrom(parseBondArgument, parseVlanArgument, parseBridgeArgument), (value, parse) => {
      try {
        expect(parse(value).kind).toBeString();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
  );
});
