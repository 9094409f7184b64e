import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseCpuInfo, readCpuInfo } from "./cpuinfo.ts";
import { parseDiskStats } from "./diskstats.ts";
import { parseLoadAverage } from "./loadavg.ts";
import { parseMeminfo, readMeminfo } from "./meminfo.ts";
import { parseModules, readModules } from "./modules.ts";
import { parseNetDev, readNetDev } from "./net-dev.ts";
import { parseProcessStat } from "./process-stat.ts";
import { readProcesses } from "./processes.ts";
import { parseSystemStat, readSystemStat } from "./stat.ts";

test("meminfo keys lose their punctuation and keep their value", () => {
  expect(parseMeminfo("MemTotal:  16 kB\nActive(anon): 3 kB\nHugePages_Total: 2\n")).toEqual({
    memtotal: 16,
    activeanon: 3,
    hugepagestotal: 2,
  });
});

test("a process name may hold blanks and brackets", () => {
  const stat = parseProcessStat("42 (a) (b)) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 7 0 99 4096 5 0");
  expect(stat).toEqual({
    pid: 42,
    command: "a) (b)",
    state: "S",
    parent: 1,
    cpuTicks: 200,
    threads: 7,
    startTicks: 99,
    virtualBytes: 4096,
    residentPages: 5,
  });
});

test("the running kernel's own files are understood", async () => {
  expect((await readMeminfo()).memtotal).toBeGreaterThan(0);
  expect((await readCpuInfo()).length).toBeGreaterThan(0);
  expect((await readNetDev()).some(({ name }) => name === "lo")).toBe(true);
  const stat = await readSystemStat();
  expect(stat.cpus.length).toBeGreaterThan(0);
  expect(stat.bootTime).toBeGreaterThan(1e9);
  const self = (await readProcesses()).find(({ pid }) => pid === process.pid);
  expect(self?.args).toContain("test");
  expect(self?.residentPages).toBeGreaterThan(0);
});

test("a disk's counters come in the kernel's order", () => {
  const [disk] = parseDiskStats(" 254 0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n");
  expect(disk).toMatchObject({
    name: "vda",
    readCompleted: 1,
    writeTimeMs: 8,
    ioTimeWeightedMs: 11,
    discardTimeMs: 15,
  });
});

test("no parser throws on any text", () => {
  const parsers = [
    parseMeminfo,
    parseModules,
    parseCpuInfo,
    parseDiskStats,
    parseLoadAverage,
    parseNetDev,
    parseProcessStat,
    parseSystemStat,
  ];
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      for (const parse of parsers) expect(() => parse(text)).not.toThrow();
    }),
  );
});

test("a line of modules says what it is needed by, and whether it runs", () => {
  expect(
    parseModules(
      "bridge 311296 1 br_netfilter,x,[permanent], Live 0xffffffffc0a00000\nloop 32768 0 - Loading 0x0 (OE)\nodd\nx y z - Live 0x0\n",
    ),
  ).toEqual([
    {
      name: "bridge",
      sizeBytes: 311_296,
      referenceCount: 1,
      usedBy: ["br_netfilter", "x", "[permanent]"],
      state: "Live",
      address: "0xffffffffc0a00000",
    },
    { name: "loop", sizeBytes: 32_768, referenceCount: 0, usedBy: [], state: "Loading", address: "0x0" },
  ]);
  for (const { state } of readModules()) expect(["Live", "Loading", "Unloading"]).toContain(state);
});
