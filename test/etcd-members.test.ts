import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../src/errors/message.ts";
import type { Diagnostic } from "../src/resources/runtime/diagnostic.ts";
import { answered, EtcdCluster, type EtcdMachine, newConfig } from "./etcd-members/cluster.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const failureOf = (promise: Promise<unknown>) => promise.then(() => "no failure", messageOf);

/** Real members, led by the controllers and the service of a machine, in network namespaces on this host. */
describeAsRoot("members of etcd", () => {
  let cluster: EtcdCluster;
  let first: EtcdMachine;
  let second: EtcdMachine;
  let third: EtcdMachine;
  let all: readonly EtcdMachine[];

  beforeAll(async () => {
    cluster = await EtcdCluster.create();
    [first, second, third] = [await cluster.add(), await cluster.add(), await cluster.add()];
    all = [first, second, third];
    await cluster.introduce(...all);
  }, minutes(6));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

  const waitsForCall = ({ last }: { last: string }) => last.includes("bootstrap call");
  const membersOf = (machine: EtcdMachine) => answered(() => machine.members());
  const names = async (machine: EtcdMachine) => (await membersOf(machine)).map(({ hostname }) => hostname).toSorted();
  /** One that has just come may not go yet. */
  const leave = (machine: EtcdMachine) => answered(() => machine.order("leave"));
  /** @returns how long the refusal took that was meant, in ms */
  const untilRefused = async (ask: () => Promise<unknown>, reason: string | RegExp) => {
    const attempt = async () => {
      const beganAt = performance.now();
      return { failure: await failureOf(ask()), tookMs: performance.now() - beganAt };
    };
    return (await eventually(attempt, ({ failure }) => failure.search(reason) >= 0, { intervalMs: 50 })).tookMs;
  };
  /** All vote, and one leads. */
  const untilWhole = async (...machines: readonly EtcdMachine[]) => {
    await Promise.all(machines.map((machine) => machine.untilHealthy()));
    await eventually(
      () => (machines[0] ?? first).members(),
      (members) =>
        members.length === machines.length && members.every((member) => !member.is_learner && member.hostname !== ""),
      { intervalMs: 50 },
    );
  };
  /** Between two of them, while there is an election, nobody leads. */
  const leader = () => answered(leading);
  const leading = async () => {
    for (const machine of all) {
      const { messages } = await machine.order<{
        messages: { member_status: { member_id: object; leader: object } }[];
      }>("status");
      const status = messages[0]?.member_status;
      if (JSON.stringify(status?.member_id) === JSON.stringify(status?.leader)) return machine;
    }
    throw new Error("nobody leads");
  };

  test(
    "wait for one bootstrap call, then all join at once",
    async () => {
      for (const machine of all) await machine.until(waitsForCall);
      await first.order("bootstrap");
      await untilWhole(...all);
      expect(await names(third)).toEqual(["cp-1", "cp-2", "cp-3"]);
      await eventually(
        () => second.log(),
        (log) => log.includes("has caught up with the others, and votes"),
      );
      await first.keep("kept", "from the beginning");
      expect(await third.get("kept")).toBe("from the beginning");
    },
    minutes(15),
  );

  test(
    "a machine with another's name is refused, and cannot begin a second cluster",
    async () => {
      const twin = await cluster.add({ hostname: "cp-1" });
      await twin.know([second.options.address]);
      const { last } = await twin.until(({ last }) => last.includes("Cannot join"));
      expect(last).toContain('as "cp-1": a member at https://10.77.0.1:2380 has that name or address, and answers');
      await untilRefused(() => twin.order("bootstrap"), "a second cluster: a cluster answers at 10.77.0.2");
      await twin.cutPower();
      expect(await names(first)).toEqual(["cp-1", "cp-2", "cp-3"]);
    },
    minutes(15),
  );

  test(
    "a machine that asks at the wrong place, or of another cluster, says so, and joins once it is right",
    async () => {
      const lost = await cluster.add();
      await lost.know(["10.77.0.250"]);
      await eventually(
        () => lost.log(),
        (log) => /Cannot reach 10\.77\.0\.250.*is that a control plane machine/.test(log),
      );
      const stranger = await cluster.add({ config: await newConfig() });
      await stranger.know([first.options.address]);
      await eventually(
        () => stranger.log(),
        (log) => /certificate.*10\.77|10\.77.*certificate/.test(log),
      );
      await stranger.cutPower();
      await lost.know(all.map(({ options }) => options.address));
      await lost.untilHealthy();
      expect(await lost.get("kept")).toBe("from the beginning");
      await leave(lost);
      await lost.cutPower();
    },
    minutes(15),
  );

  test(
    "hand over leadership when asked to, and when the leader is killed",
    async () => {
      // A busy host may have them elect somebody meanwhile.
      const handOver = async () => {
        const before = await leader();
        const { messages } = await before.order<{ messages: { member: string }[] }>("forfeit");
        return { before, named: messages[0]?.member, next: await leader() };
      };
      const asTold = ({ before, named, next }: Awaited<ReturnType<typeof handOver>>) =>
        next !== before && named === next.name;
      const { before, next } = await eventually(handOver, asTold, { intervalMs: 50 });
      await next.kill("SIGKILL");
      await before.keep("written", "while the leader was dead");
      await untilWhole(...all);
      expect(await next.get("written")).toBe("while the leader was dead");
    },
    minutes(15),
  );

  test(
    "say so when most are lost, within seconds, and go on when they are back",
    async () => {
      await Promise.all([second.cutPower(), third.cutPower()]);
      // It may begin with the leader's change.
      const told = /no leader|timed out|no answer within/;
      const { lastMessage } = await first.until(({ healthy, lastMessage }) => !healthy && told.test(lastMessage));
      expect(lastMessage).toMatch(told);
      const localMs = await untilRefused(
        () => first.members(true),
        /^etcdserver: .*most members do not answer each other.*recover/,
      );
      const fromAllMs = await untilRefused(() => first.members(), /127\.0\.0\.1: etcdserver: .*10\.77\.0\.2/);
      expect(localMs + fromAllMs).toBeLessThan(25_000);
      const diagnosed = () => first.order<Diagnostic | null | undefined>("diagnostic", "etcd-quorum");
      const missed = await eventually(diagnosed, (told) => told != null);
      expect(missed?.message).toBe("etcd has no majority: 2 of its 3 members do not answer");
      expect(missed?.details.slice(0, 2)).toEqual([expect.stringMatching(/^cp-2: /), expect.stringMatching(/^cp-3: /)]);
      // What is left of them can be saved, as is advised.
      const saved = join(first.data, "../../saved");
      await first.order("snapshot", saved);
      expect(Bun.file(saved).size).toBeGreaterThan(0);
      await Promise.all([second.powerOn(), third.powerOn()]);
      await untilWhole(...all);
      await eventually(diagnosed, (told) => told == null);
      expect(await second.get("written")).toBe("while the leader was dead");
    },
    minutes(15),
  );

  test(
    "one that was cut off catches up",
    async () => {
      await third.connect(false);
      await first.keep("meanwhile", "without the third");
      await third.until(({ healthy }) => !healthy);
      await third.connect(true);
      await untilWhole(...all);
      expect(await third.get("meanwhile")).toBe("without the third");
    },
    minutes(15),
  );

  test(
    "a machine that lost its data joins again in its own place",
    async () => {
      const before = (await membersOf(first)).find(({ hostname }) => hostname === "cp-3")?.id;
      await third.cutPower();
      await third.loseData();
      await third.powerOn();
      await untilWhole(...all);
      const after = (await membersOf(first)).find(({ hostname }) => hostname === "cp-3")?.id;
      expect(after).not.toBe(before);
      expect(await third.get("kept")).toBe("from the beginning");
    },
    minutes(15),
  );

  test(
    "leave, remove a member, and join again",
    async () => {
      await leave(third);
      expect(await names(first)).toEqual(["cp-1", "cp-2"]);
      await third.until(({ state }) => state === "Finished");
      expect(await Bun.file(join(third.data, "member/snap/db")).exists()).toBe(false);
      await third.order("start");
      await untilWhole(...all);
      const id = (await membersOf(first)).find(({ hostname }) => hostname === "cp-3")?.id;
      await answered(() => first.order("remove", id));
      await third.until(({ state }) => state !== "Running");
      // Its data is worth nothing now. It says so itself, and nobody else is left to ask.
      await leave(third);
      await third.order("start");
      await untilWhole(...all);
    },
    minutes(15),
  );

  test(
    "a machine that is stopped at any step of its joining makes it good",
    async () => {
      const fourth = await cluster.add({ getsTo: "added" });
      await fourth.know(all.map(({ options }) => options.address));
      await fourth.until(({ last }) => last.includes("held back"));
      // Added, not started: the others see a member without a name.
      expect(await names(first)).toEqual(["", "cp-1", "cp-2", "cp-3"]);
      const [added] = (await membersOf(first)).filter(({ hostname }) => hostname === "");
      await fourth.until(({ last }) => last.includes("Creating") || last.includes("held back"));
      expect((await membersOf(first)).find(({ hostname }) => hostname === "")?.id).toBe(added?.id);
      await fourth.crash();
      await fourth.powerOn("learner");
      // Started, not promoted.
      await fourth.until(({ lastMessage }) => lastMessage.includes("has no vote"));
      expect(await names(first)).toEqual(["cp-1", "cp-2", "cp-3", fourth.name]);
      await fourth.cutPower();
      // Its data half made.
      await rm(join(fourth.data, "member/wal"), { recursive: true });
      await fourth.powerOn("learner");
      await fourth.until(({ lastMessage }) => lastMessage.includes("has no vote"));
      await fourth.cutPower();
      await fourth.powerOn("all");
      await untilWhole(...all, fourth);
      expect(await fourth.get("kept")).toBe("from the beginning");
      await leave(fourth);
      await fourth.cutPower();
    },
    minutes(15),
  );

  test(
    "tell the others when their address changes",
    async () => {
      const untilFoundAt = (url: string) =>
        eventually(
          () => first.members(),
          (members) => members.some(({ peer_urls }) => peer_urls.includes(url)),
          { intervalMs: 100 },
        );
      await third.move("10.77.0.33");
      await untilFoundAt("https://10.77.0.33:2380");
      await untilWhole(...all);
      await third.cutPower();
      await third.move("10.77.0.34");
      await third.powerOn();
      await untilFoundAt("https://10.77.0.34:2380");
      await untilWhole(...all);
    },
    minutes(15),
  );
});
