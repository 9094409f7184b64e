import { describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { eventually } from "../support/eventually.ts";
import { document, minutes, publicClient, type ToldMachine } from "./told.ts";

/** The host's loopback, as a machine in QEMU's user network sees it. */
const hostAddress = "10.0.2.2";

/** Somebody to connect to. @param port a free one by default */
async function listen(port = 0): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server: Server = createServer((socket) => socket.on("error", () => {}).resume());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

const connected = { connectivityReady: true, addressReady: true };

/** Whom a machine reaches, and who else has its addresses. */
export function reachCases(told: ToldMachine): void {
  describe("reaching others", () => {
    test(
      "is tried where it is asked for, and the network is connected while it succeeds",
      async () => {
        const server = await listen();
        const id = `tcp:${hostAddress}:${server.port}`;
        await told.patch(document("TCPProbeConfig", `name: host\nendpoint: ${id.slice(4)}\ninterval: 1s`));
        await told.until("probes", id, { success: true, lastError: "" });
        expect((await told.resources("probespecs")).get(id)?.spec).toMatchObject({ layer: "configuration" });
        await told.until("networkstatus", "status", connected);

        await server.stop();
        const { lastError } = await told.until("probes", id, { success: false });
        expect(lastError).toContain(`Cannot connect to ${hostAddress}, port ${server.port}: `);
        await told.until("networkstatus", "status", { connectivityReady: false, addressReady: true });
        if (publicClient !== undefined) await told.untilSameToBoth("get", "probes");

        const again = await listen(server.port);
        try {
          await told.until("probes", id, { success: true });
          await told.until("networkstatus", "status", connected);
        } finally {
          await told.patch(document("TCPProbeConfig", "name: host\n$patch: delete"));
          await again.stop();
        }
        await told.untilGone("probes", id);
        await told.until("networkstatus", "status", connected);
      },
      minutes(15),
    );

    test(
      "is tried where the platform asks for it, too",
      async () => {
        const server = await listen();
        const endpoint = `${hostAddress}:${server.port}`;
        try {
          const probe = { interval: "1s", failureThreshold: 1, tcp: { endpoint, timeout: "10s" } };
          await told.machine.ask("meta", "write", "0x0a", JSON.stringify({ probes: [probe] }));
          await told.until("probespecs", `tcp:${endpoint}`, { layer: "platform" });
          await told.until("probes", `tcp:${endpoint}`, { success: true });
        } finally {
          await told.machine.ask("meta", "delete", "0x0a");
          await server.stop();
        }
        await told.untilGone("probes", `tcp:${endpoint}`);
      },
      minutes(9),
    );
  });

  describe("an address that another station has", () => {
    // In QEMU's network of eth1 the second address is the host's, and of eth4 and eth5 each is the other's station.
    test(
      "is used all the same, but for one of IPv6, and who else has it is told",
      async () => {
        await told.patch(
          document("LinkConfig", "name: eth4\naddresses: [{ address: 'fd00:4::1/64' }]") +
            document("LinkConfig", "name: eth5\naddresses: [{ address: 'fd00:4::2/64' }]"),
        );
        await told.until("addresses", "eth4/fd00:4::1/64", { flags: "permanent" });
        await told.until("addresses", "eth5/fd00:4::2/64", { flags: "permanent" });
        await told.patch(
          "machine: { network: { interfaces: [{ interface: eth1, addresses: [10.0.3.2/24] }] } }\n" +
            document("LinkConfig", "name: eth5\naddresses: [{ address: 'fd00:4::1/64' }]"),
        );
        await told.untilLogged(
          /Cannot have the address 10\.0\.3\.2\/24 on eth1 alone: (?:[0-9a-f]{2}:){5}[0-9a-f]{2} has it too \(wanted by configuration\)/,
        );
        await told.untilLogged(/Cannot have the address fd00:4::1\/64 on eth5 alone: another station has it too/);
        await told.until("addresses", "eth1/10.0.3.2/24", { linkName: "eth1" });
        await told.until("addresses", "eth5/fd00:4::1/64", { flags: "dadfailed,tentative,permanent" });
      },
      minutes(18),
    );
  });
}

/** What became of the conflict that `reachCases` made, a good while later. */
export function laterReachCases(told: ToldMachine): void {
  test(
    "an address that another station still has is tried again and again, and told once",
    async () => {
      const linesLike = async (pattern: RegExp) =>
        (await told.machine.ask("dmesg")).split("\n").filter((line) => pattern.test(line));
      await eventually(
        () => linesLike(/duplicate address fd00:4::1 used by/),
        (tries) => tries.length > 1,
        { timeoutMs: minutes(6), intervalMs: 1_000 },
      );
      expect(await linesLike(/Cannot have the address fd00:4::1\/64 on eth5 alone/)).toHaveLength(1);
      expect(await linesLike(/Cannot have the address 10\.0\.3\.2\/24/)).toHaveLength(1);
      await told.patch(
        document("LinkConfig", "name: eth4\n$patch: delete") + document("LinkConfig", "name: eth5\n$patch: delete"),
      );
      await told.untilGone("addresses", "eth5/fd00:4::1/64");
    },
    minutes(12),
  );
}
