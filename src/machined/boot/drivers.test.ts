import { expect, test } from "bun:test";
import { driversOf } from "./drivers.ts";

const modules = [
  { name: "vmxnet3", drives: ["pci:v000015ADd000007B0sv*sd*bc*sc*i*"] },
  { name: "ena", drives: ["pci:v00001D0Fd0000EC20sv*sd*bc*sc*i*", "pci:v00001D0Fd00000EC2sv*sd*bc*sc*i*"] },
  { name: "loop" },
];

test("a card's driver is the one that names it", () => {
  const devices = new Map([
    ["0000:00:00.0", "pci:v00008086d000029C0sv00001AF4sd00001100bc06sc00i00"],
    ["0000:00:05.0", "pci:v000015ADd000007B0sv000015ADsd000007B0bc02sc00i00"],
    ["0000:00:06.0", "pci:v000015ADd000007B0sv000015ADsd000007B0bc02sc00i00"],
  ]);
  expect([...driversOf(modules, devices)]).toEqual([["vmxnet3", "0000:00:05.0"]]);
  expect(driversOf(modules, new Map([["0000:00:07.0", ""]])).size).toBe(0);
});
