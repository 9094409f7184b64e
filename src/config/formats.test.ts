import { expect, test } from "bun:test";
import {
  address,
  base64,
  duration,
  hardwareAddress,
  hostname,
  linkName,
  prefix,
  prefixOrExclusion,
  url,
} from "./formats.ts";

test.each([
  [address, ["10.0.0.1", "fd00::1"], ["10.0.0.1/8", "10.0.0.256", "host"]],
  [prefix, ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/8/8", "10.0.0.0/x"]],
  [prefixOrExclusion, ["!10.0.0.3/32", "10.0.0.0/8"], ["!10.0.0.3"]],
  [hostname, ["a", "node-1.example.org"], ["-a", "a..b", "a_b", "x".repeat(64)]],
  [duration, ["1h30m", "0"], ["1", "soon"]],
  [base64, ["YQ=="], ["***"]],
  [linkName, ["eth0"], ["a-name-that-is-too-long", "a/b"]],
  [url("http", "https"), ["http://a", "https://b:1/c"], ["ftp://a", "a"]],
  [hardwareAddress, ["52:54:00:12:34:56"], ["52-54", "zz:zz"]],
] as const)("%p takes what it should", (check, good, bad) => {
  for (const text of good) expect(check(text)).toBeUndefined();
  for (const text of bad) expect(check(text)).toBeString();
});
