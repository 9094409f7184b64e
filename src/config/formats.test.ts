import { expect, test } from "bun:test";
import {
  address,
  addressAndPort,
  base64,
  byteSize,
  byteSizeOrShare,
  duration,
  hardwareAddress,
  hostAndPort,
  hostname,
  linkName,
  parseByteSize,
  partitionName,
  portOrRange,
  positiveDuration,
  prefix,
  prefixOrExclusion,
  routingTable,
  url,
  wireguardKey,
} from "./formats.ts";

test.each([
  [address, ["10.0.0.1", "fd00::1"], ["10.0.0.1/8", "10.0.0.256", "host"]],
  [prefix, ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/8/8", "10.0.0.0/x"]],
  [prefixOrExclusion, ["!10.0.0.3/32", "10.0.0.0/8", "!10.0.0.3"], ["!!10.0.0.3", "!", "host"]],
  [
    addressAndPort,
    ["10.0.0.1:1", "[fd00::1]:65535"],
    ["10.0.0.1", "[10.0.0.1]:1", "fd00::1:5", "host:1", "10.0.0.1:65536"],
  ],
  [hostAndPort, ["a.example.org:1", "[fd00::1]:1", ":5"], ["a", "a:b", "fd00::1:5", "a:99999"]],
  [portOrRange, ["1", "1-2", "5-5"], ["2-1", "1-", "-1", "1-2-3", "65536", "http"]],
  [positiveDuration, ["1s", "0"], ["-1s", "1"]],
  [wireguardKey, ["GCUnfWSmgm2Ecp5ccaMKp3tVGmNK4jN0Kr3YBCDLkXI="], ["YQ==", ""]],
  [partitionName, ["a-B-1", "x".repeat(34)], ["a_b", "x".repeat(35), "ä"]],
  [byteSize, ["10GiB", "1.5 TB", "500", "1,000MB", "10Ki"], ["many", "-1GB", "10Q", "1.2.3"]],
  [byteSizeOrShare, ["80%", "12.5%", "10GB"], ["101%", "-1%", "%"]],
  [routingTable, ["1", "255", "main"], ["0", "256", "side"]],
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

test("sizes count in tens and in twos", () => {
  expect([..."1kB 1KiB 1.5GB 2TiB 7".split(" ")].map(parseByteSize)).toEqual([1_000, 1_024, 1.5e9, 2 ** 41, 7]);
});
