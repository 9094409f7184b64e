import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { unpackedProgram } from "../../../test/support/unpacked-program.ts";
import { messageOf } from "../../errors/message.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { type Measurement, queryTime } from "./query.ts";
import { TimeSources } from "./sources.ts";

const directory = mkdtempSync(join(tmpdir(), "time-servers-"));
afterAll(() => rmSync(directory, { recursive: true }));

const programs = { chronyd: "", ntpd: "" };
beforeAll(async () => {
  programs.chronyd = await unpackedProgram("chrony", "usr/sbin/chronyd");
  programs.ntpd = await unpackedProgram("ntpsec", "usr/sbin/ntpd");
}, 60_000);

/** -x: it leaves the clock alone. */
function chrony(address: string, settings: string): readonly string[] {
  const name = join(directory, address);
  const common = `bindaddress ${address}\ncmdport 0\npidfile ${name}.pid\ndriftfile ${name}.drift\n`;
  writeFileSync(name, `${common}${settings}`);
  return [programs.chronyd, "-x", "-d", "-u", "root", "-f", name];
}

/** Without the right to set a clock, whatever it is told. */
function ntpd(address: string, settings: string): readonly string[] {
  const name = join(directory, address);
  const common = `disable ntp\ninterface ignore wildcard\ninterface listen ${address}\n`;
  writeFileSync(name, `${common}${settings}`);
  return ["setpriv", "--bounding-set=-sys_time", programs.ntpd, "-n", "-c", name, "-p", `${name}.pid`];
}

/** Servers in a network of their own, for as long as the body. */
const withServers = (commands: () => readonly (readonly string[])[], body: () => Promise<void>): Promise<void> =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    const servers = commands().map((argv) => Bun.spawn([...argv], { stdout: "ignore", stderr: "ignore" }));
    try {
      await body();
    } finally {
      for (const server of servers) server.kill();
      await Promise.all(servers.map(({ exited }) => exited));
    }
  });

/** What a server says, once it has begun: they take a moment. */
const saidBy = (address: string): Promise<Measurement | string> =>
  eventually(
    () => queryTime(address, { timeoutMs: 200 }).catch(messageOf),
    (said) => !String(said).includes("nobody listens"),
    { timeoutMs: 15_000, intervalMs: 20 },
  );

/** What a server measures that is on this computer, and so hardly away: what was held up does not count. */
const timeOf = (address: string): Promise<Measurement> =>
  eventually(
    () => queryTime(address),
    ({ delayMs }) => delayMs < 20,
    { timeoutMs: 15_000, intervalMs: 20 },
  );

test("chrony tells the time", () =>
  withServers(
    () => [chrony("127.0.0.1", "local stratum 3\nallow 127.0.0.0/8\n")],
    async () => {
      const measured = await timeOf("127.0.0.1");
      expect(measured).toMatchObject({ stratum: 3, leap: "none" });
      expect(Math.abs(measured.offsetMs)).toBeLessThan(50);
    },
  ));

test("one that has no time, one that forbids it, and one that is not there are left out", () =>
  withServers(
    () => [
      ntpd("127.0.0.1", ""),
      chrony("127.0.0.2", "local stratum 3\nallow 192.0.2.0/24\n"),
      chrony("127.0.0.4", "local stratum 5\nallow 127.0.0.0/8\n"),
    ],
    async () => {
      for (const address of ["127.0.0.1", "127.0.0.2"]) await saidBy(address);
      await timeOf("127.0.0.4");
      const sources = new TimeSources({
        resolve: async (name) => [name],
        query: (address, options) => queryTime(address, { ...options, timeoutMs: 1_000 }),
      });
      sources.use(["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]);
      const problems: string[] = [];
      const note = (problem: unknown) => problems.push(messageOf(problem));
      const signal = AbortSignal.timeout(15_000);
      expect(await sources.measure(signal, note)).toMatchObject({ address: "127.0.0.4", stratum: 5 });
      expect(problems).toEqual([
        "Cannot ask time server 127.0.0.1: Cannot take the time: the server does not know it itself (INIT)",
        "Cannot ask time server 127.0.0.2: Cannot reach 127.0.0.2, port 123: no answer",
        "Cannot ask time server 127.0.0.3: Cannot reach 127.0.0.3, port 123: nobody listens there",
      ]);
      // The one that answered is asked alone from then on.
      expect((await sources.measure(signal, note)).address).toBe("127.0.0.4");
      expect(problems).toHaveLength(3);
    },
  ));

test("who is asked too often says so, and is left alone for a while", () =>
  withServers(
    () => [ntpd("127.0.0.1", "restrict default limited kod\nlimit average 1 burst 2 kod 1\n")],
    async () => {
      const refused = await eventually(
        () => saidBy("127.0.0.1"),
        (said) => String(said).includes("RATE"),
        { timeoutMs: 10_000, intervalMs: 20 },
      );
      expect(refused).toContain("the server refuses to tell it (RATE)");
    },
  ));
