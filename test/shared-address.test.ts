import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EtcdCluster, type EtcdMachine } from "./etcd-members/cluster.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

/** Members of etcd in network namespaces, which elect who has an address of IPv4 and one of IPv6. */
describeAsRoot("an address that control planes share", () => {
  const shared = ["10.77.0.100", "fd77::100"];
  let cluster: EtcdCluster;
  let machines: EtcdMachine[];
  let neighbour: Awaited<ReturnType<EtcdCluster["neighbour"]>>;

  beforeAll(async () => {
    cluster = await EtcdCluster.create();
    machines = [await cluster.add(), await cluster.add(), await cluster.add()];
    await cluster.introduce(...machines);
    const [first] = machines;
    await first?.until(({ last }) => last.includes("bootstrap call"));
    await first?.order("bootstrap");
    await Promise.all(machines.map((machine) => machine.untilHealthy()));
    neighbour = await cluster.neighbour("watcher", "10.77.0.50");
    await neighbour.ask("address", "add", "fd77::50/64", "dev", "eth0", "nodad");
  }, minutes(8));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

  const holdersOf = async (address: string, among = machines) => {
    const all = await Promise.all(
      among.map(async (machine) => ({ machine, has: await machine.ask("address", "show") })),
    );
    return all.filter(({ has }) => has.includes(` ${address}/`)).map(({ machine }) => machine);
  };
  const untilHeld = async (address: string, among = machines, timeoutMs = minutes(3)) => {
    const [holder] = await eventually(
      () => holdersOf(address, among),
      (holders) => holders.length === 1,
      { timeoutMs, intervalMs: 50 },
    );
    if (holder === undefined) throw new Error("nobody has the address");
    return holder;
  };
  const hardwareOf = async (machine: EtcdMachine) => /ether (\S+)/.exec(await machine.ask("link", "show", "eth0"))?.[1];
  /** Where the neighbour would send to, without asking again. */
  const known = async (address: string) => /lladdr (\S+)/.exec(await neighbour.ask("neighbour", "show", address))?.[1];
  /** Makes the neighbour ask where an address is. */
  const call = async (address: string) => {
    const port = `/dev/udp/${address}/9`;
    await Bun.spawn([...neighbour.inside, "bash", "-c", `echo > ${port}`], { stderr: "ignore" }).exited;
    await eventually(
      () => known(address),
      (hardware) => hardware !== undefined,
      { timeoutMs: 60_000, intervalMs: 50 },
    );
  };

  /** All that a neighbour knew of these addresses, it knows of another machine now, and nobody had to ask it. */
  const untilHeardOf = async (machine: EtcdMachine, addresses = shared) => {
    const hardware = await hardwareOf(machine);
    for (const address of addresses) {
      await eventually(
        () => known(address),
        (heard) => heard === hardware,
        { timeoutMs: 30_000, intervalMs: 50 },
      );
    }
  };

  test(
    "is one machine's, and when that one is about to leave another's at once, as all neighbours hear",
    async () => {
      for (const machine of machines) await machine.order("share", shared);
      for (const address of shared) {
        const holder = await untilHeld(address);
        await call(address);
        expect(await known(address)).toBe(await hardwareOf(holder));
      }
      const [inet4 = "", inet6 = ""] = shared;
      const leaving = await untilHeld(inet4);
      const others = machines.filter((machine) => machine !== leaving);
      const began = performance.now();
      await leaving.order("farewell");
      await untilHeardOf(await untilHeld(inet4, others), [inet4]);
      await untilHeardOf(await untilHeld(inet6, others), [inet6]);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(await holdersOf(inet4, [leaving])).toEqual([]);
      const complaints = (await leaving.order<string[]>("logged")).filter((line) => line.includes("Cannot"));
      expect(complaints).toEqual([]);
    },
    minutes(10),
  );

  test(
    "is another machine's at once when the member of its machine leaves etcd",
    async () => {
      const [inet4 = ""] = shared;
      const handOver = async () => {
        const leaving = await untilHeld(inet4);
        const others = machines.filter((machine) => machine !== leaving);
        await leaving.order("leave");
        const began = performance.now();
        await untilHeardOf(await untilHeld(inet4, others), [inet4]);
        const tookMs = performance.now() - began;
        expect(await holdersOf(inet4, [leaving])).toEqual([]);
        await leaving.order("start");
        await leaving.untilHealthy();
        return tookMs;
      };
      // Nobody has to wait for the end of its lease of 15 s, which was renewed less than 5 s before it left.
      const quickMs = 5_000;
      let bestMs = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 3 && bestMs >= quickMs; tries += 1) bestMs = Math.min(bestMs, await handOver());
      expect(bestMs).toBeLessThan(quickMs);
    },
    minutes(10),
  );

  test(
    "is taken from a machine that vanished",
    async () => {
      const [inet4 = ""] = shared;
      const holder = await untilHeld(inet4);
      await holder.cutPower();
      await holder.connect(false);
      const others = machines.filter((machine) => machine !== holder);
      await untilHeardOf(await untilHeld(inet4, others), [inet4]);
    },
    minutes(12),
  );
});
