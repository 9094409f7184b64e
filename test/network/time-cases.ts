import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { startTimeServer } from "../support/time-server.ts";
import { unpackedProgram } from "../support/unpacked-program.ts";
import { document, minutes, publicClient, type ToldMachine } from "./told.ts";

/** The host's loopback, and somebody who is not there, as a machine in QEMU's user network sees them. */
const [hostAddress, nobody] = ["10.0.2.2", "10.0.2.99"];

/** Time servers have port 123, and it is theirs alone. */
const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");

/** How a machine comes to know the time. */
export function timeCases(told: ToldMachine): void {
  describeAsRoot("the clock", () => {
    let chrony: Bun.Subprocess | undefined;

    beforeAll(async () => {
      const program = await unpackedProgram("chrony", "usr/sbin/chronyd");
      const place = join(told.machine.directory, "chrony");
      const config = [
        ...["bindaddress 127.0.0.1", "local stratum 3", "allow 127.0.0.0/8", "cmdport 0"],
        ...[`pidfile ${place}.pid`, `driftfile ${place}.drift`],
      ];
      await Bun.write(place, `${config.join("\n")}\n`);
      // -x: it leaves the clock of this computer alone.
      chrony = Bun.spawn([program, "-x", "-d", "-u", "root", "-f", place], { stdout: "ignore", stderr: "ignore" });
    }, minutes(5));
    afterAll(async () => {
      chrony?.kill();
      await chrony?.exited;
    });

    test(
      "is nobody's business while it is said so",
      async () => {
        expect((await told.resources("timestatus")).get("node")?.spec).toEqual({
          ...{ synced: true, epoch: 0, syncDisabled: true },
        });
      },
      minutes(3),
    );

    test(
      "goes by the first server that answers, and what is wrong with the others is told",
      async () => {
        await told.patch(document("TimeSyncConfig", `enabled: true\nntp: { servers: [${nobody}, ${hostAddress}] }`));
        await told.until("timeservers", "timeservers", { timeServers: [nobody, hostAddress] });
        await told.untilLogged(new RegExp(`the clock (?:goes by ${hostAddress}: it was|by ${hostAddress}: it was)`));
        await told.untilLogged(new RegExp(`Cannot ask time server ${nobody}: Cannot reach ${nobody}, port 123`));
        await told.until("timestatus", "node", { synced: true, syncDisabled: false });
        expect((await told.resources("timestatus")).get("node")?.spec.epoch).toBe(0);
      },
      minutes(9),
    );

    test(
      "is compared by both clients, with the server that is in use or another one",
      async () => {
        const table = new RegExp(
          `^NODE +NTP-SERVER +NODE-TIME +NTP-SERVER-TIME\\n10\\.0\\.2\\.15 +${hostAddress} +(.*?) \\+0000 UTC +(.*?) \\+0000 UTC\\n$`,
        );
        const ask = [told.machine.ask, ...(publicClient === undefined ? [] : [told.theirs])];
        for (const talosctl of ask) {
          const apartMs = async () => {
            const [, own = "", server = ""] = table.exec(await talosctl("time", "--check", hostAddress)) ?? [];
            return Math.abs(Date.parse(`${own}Z`) - Date.parse(`${server}Z`));
          };
          // The way there and back counts as well.
          await eventually(apartMs, (ms) => ms < 5_000);
        }
        const { code, stderr } = await told.machine.talosctl("time", "--check", nobody);
        expect(code).not.toBe(0);
        expect(stderr).toContain(`Cannot ask time server ${nobody}`);
      },
      minutes(6),
    );

    test(
      "years off is told on the console, as nobody gets in, and loses nothing once the server is right",
      async () => {
        const console = () => readFile(told.machine.consolePath, "utf8");
        const patience = { timeoutMs: minutes(3), intervalMs: 1_000 };
        const before = await told.machine.ask("read", "/system/state/config.yaml");
        chrony?.kill();
        await chrony?.exited;
        using server = await startTimeServer(123, -20 * 365 * 86_400_000);
        // Told anew whom to ask, it asks at once.
        await told.patch(document("TimeSyncConfig", "enabled: false"));
        await told.until("timestatus", "node", { syncDisabled: true });
        await told.patch(document("TimeSyncConfig", "enabled: true"));
        await eventually(console, (text) => /the clock says 20\d\d-\d\d-\d\d, when certificate/.test(text), patience);
        const shutOut = /its certificate is not valid now|is the machine's clock right/i;
        await eventually(
          () => told.machine.talosctl("health", "--server=false", "--wait-timeout", "3s"),
          ({ code, stderr }) => code !== 0 && shutOut.test(stderr),
          patience,
        );
        server.offsetMs = 0;
        await eventually(console, (text) => text.includes("clock is mended"), patience);
        await told.until("timestatus", "node", { synced: true, epoch: 2 });
        expect(await told.idsOf("diagnostics")).not.toContain("clock");
        expect(await told.machine.ask("read", "/system/state/config.yaml")).toBe(before);
      },
      minutes(8),
    );

    test(
      "is left alone again",
      async () => {
        await told.patch(document("TimeSyncConfig", "enabled: false"));
        await told.until("timestatus", "node", { synced: true, syncDisabled: true });
      },
      minutes(6),
    );
  });
}
