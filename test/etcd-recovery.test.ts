import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../src/errors/message.ts";
import { answered, EtcdCluster, type EtcdMachine } from "./etcd-members/cluster.ts";
import { startWriter } from "./support/acknowledged-writer.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const failureOf = (promise: Promise<unknown>) => promise.then(() => "no failure", messageOf);
const waitsForCall = ({ last }: { last: string }) => last.includes("bootstrap call");

/** What etcd goes through at its worst, with real members. */
describeAsRoot("etcd in trouble", () => {
  let cluster: EtcdCluster;
  let machines: readonly [EtcdMachine, EtcdMachine, EtcdMachine];
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "etcd-recovery-"));
    // As small a database as makes sense, to see it full.
    cluster = await EtcdCluster.create({ cluster: { etcd: { extraArgs: { "quota-backend-bytes": "16777216" } } } });
    machines = [await cluster.add(), await cluster.add(), await cluster.add()];
    await cluster.introduce(...machines);
    await machines[0].until(waitsForCall);
    await machines[0].order("bootstrap");
    await Promise.all(machines.map((machine) => machine.untilHealthy()));
  }, minutes(8));

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }, minutes(5));

  const untilAllHealthy = () => Promise.all(machines.map((machine) => machine.untilHealthy()));

  test(
    "loses nothing that it promised while its members, and their machines, are killed",
    async () => {
      const writer = startWriter({
        write: (key, value) => Promise.any(machines.map((machine) => machine.put(key, value))),
      });
      await writer.next();
      for (const machine of machines) {
        await machine.kill("SIGKILL");
        await writer.next();
        await machine.untilHealthy();
      }
      for (const machine of machines) {
        await machine.cutPower();
        await writer.next();
        await machine.powerOn();
        await untilAllHealthy();
      }
      await Promise.all(machines.map((machine) => machine.cutPower()));
      await Promise.all(machines.map((machine) => machine.powerOn()));
      await untilAllHealthy();
      await writer.next();
      await writer.stop();
      expect(writer.acknowledged.size).toBeGreaterThan(20);
      expect(writer.failed).toBeGreaterThan(0);
      expect(await writer.missing((key) => machines[2].get(key))).toEqual([]);
    },
    minutes(15),
  );

  test(
    "a full database raises an alarm, and is mended without a restart",
    async () => {
      const [first] = machines;
      const large = "x".repeat(1_000_000);
      const refusal = await eventually(
        () => failureOf(first.put("large", large)),
        // A disk that is slow may refuse one for want of time.
        (failure) => failure.includes("database space exceeded"),
        { timeoutMs: minutes(4), intervalMs: 0 },
      );
      expect(refusal).toContain("database space exceeded");
      const { lastMessage } = await first.until(({ healthy }) => !healthy);
      expect(lastMessage).toContain("NOSPACE");
      const alarms = await first.order<{ messages: { member_alarms: { alarm: number }[] }[] }>("alarms");
      expect(alarms.messages[0]?.member_alarms[0]?.alarm).toBe(1);
      const { header } = await answered(() =>
        first.order<{ header: { revision: string } }>("keys", {
          verb: "deleterange",
          body: { key: btoa("large") },
        }),
      );
      await first.order("keys", { verb: "compaction", body: { revision: header.revision, physical: true } });
      for (const machine of machines) await machine.order("defrag");
      await first.order("disarm");
      await untilAllHealthy();
      await first.keep("small", "goes again");
    },
    minutes(15),
  );

  test(
    "a full disk stops it, is told, and is all it takes to go on",
    async () => {
      await using small = await EtcdCluster.create();
      const machine = await small.add({ diskMiB: 320 });
      await machine.until(waitsForCall);
      await machine.order("bootstrap");
      await machine.untilHealthy();
      await machine.keep("kept", "before the disk was full");
      expect(await machine.order<string>("fill")).toBe("ENOSPC");
      // A write that fits in what is set aside already is no trouble.
      await eventually(
        () => failureOf(machine.put("large", "x".repeat(1_000_000))),
        (failure) => failure !== "no failure",
        { intervalMs: 0 },
      );
      await machine.until(({ healthy }) => !healthy);
      const diagnostic = await eventually(
        () => machine.order<{ message: string; details: string[] } | undefined>("diagnostic", "disk-full"),
        (found) => found !== undefined,
      );
      expect(diagnostic?.details).toContain("not well: etcd");
      await machine.order("free");
      await machine.untilHealthy();
      expect(await machine.get("kept")).toBe("before the disk was full");
      await eventually(
        () => machine.order<object | undefined>("diagnostic", "disk-full"),
        (found) => found === undefined,
      );
    },
    minutes(15),
  );

  test(
    "prepares for an older version, and forgets about it",
    async () => {
      const [first] = machines;
      expect(await failureOf(first.order("downgradeValidate", "3"))).toContain("expected MAJOR.MINOR");
      const untilRefused = (version: string, reason: string) =>
        eventually(
          () => failureOf(first.order("downgradeValidate", version)),
          (failure) => failure.includes(reason),
        );
      await untilRefused("3.4", "3.5");
      await untilRefused("3.7", "invalid downgrade target version");
      const validated = await answered(() =>
        first.order<{ messages: { cluster_downgrade: { cluster_version: string } }[] }>("downgradeValidate", "3.5"),
      );
      expect(validated.messages[0]?.cluster_downgrade.cluster_version).toMatch(/^3\.6/);
      await first.order("downgradeEnable", "3.5");
      await first.order("downgradeCancel");
    },
    minutes(15),
  );

  test(
    "begins again with a snapshot when most are lost, and the others join anew",
    async () => {
      const [first, second, third] = machines;
      const path = join(directory, "snapshot");
      await first.keep("kept", "in the snapshot");
      await first.order("snapshot", path);
      await first.keep("kept", "later");
      await Promise.all(machines.map((machine) => machine.cutPower()));
      await Promise.all(machines.map((machine) => machine.loseData()));
      await first.powerOn();
      await first.until(waitsForCall);

      const damaged = join(directory, "damaged");
      const bytes = new Uint8Array(await Bun.file(path).arrayBuffer());
      bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
      await Bun.write(damaged, bytes);
      await first.order("recover", damaged);
      expect(await failureOf(first.order("bootstrap", { skipHashCheck: false }))).toContain("its hash does not fit");
      await Bun.write(damaged, "nothing of the kind");
      await first.order("recover", damaged);
      await first.order("bootstrap", { skipHashCheck: true });
      await eventually(
        () => first.log(),
        (log) => log.includes("Cannot restore etcd from its snapshot"),
      );
      await first.until(waitsForCall);

      await first.order("recover", path);
      await first.order("bootstrap", { skipHashCheck: false });
      await first.untilHealthy();
      expect(await first.get("kept")).toBe("in the snapshot");
      await Promise.all([second.powerOn(), third.powerOn()]);
      await untilAllHealthy();
      expect(await third.get("kept")).toBe("in the snapshot");
      expect(await answered(() => first.members())).toHaveLength(3);
    },
    minutes(15),
  );

  test(
    "begins again with a bare copy of a member's database",
    async () => {
      const [first, second, third] = machines;
      const path = join(directory, "db");
      await first.keep("kept", "in the copy");
      // The copy lacks what is only in the log yet; this writes everything.
      await first.order("defrag");
      await Promise.all(machines.map((machine) => machine.cutPower()));
      await Bun.write(path, Bun.file(join(first.data, "member/snap/db")));
      await Promise.all(machines.map((machine) => machine.loseData()));
      await third.powerOn();
      await third.until(waitsForCall);
      await third.order("recover", path);
      expect(await failureOf(third.order("bootstrap", { skipHashCheck: false }))).toContain("no hash at its end");
      await third.order("bootstrap", { skipHashCheck: true });
      await third.untilHealthy();
      expect(await third.get("kept")).toBe("in the copy");
      await Promise.all([first.powerOn(), second.powerOn()]);
      await untilAllHealthy();
    },
    minutes(15),
  );
});
