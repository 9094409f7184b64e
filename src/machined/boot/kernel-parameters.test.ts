import { expect, test } from "bun:test";
import { defaults, hardening, pathOf } from "./kernel-parameters.ts";

test("dots separate directories, and a slash stands for a dot", () => {
  expect(pathOf("net.ipv4.conf.eth0/100.rp_filter")).toBe("/proc/sys/net/ipv4/conf/eth0.100/rp_filter");
});

test("no default undoes what hardening sets", () => {
  expect(Object.keys(defaults).filter((name) => name in hardening)).toEqual([]);
});
