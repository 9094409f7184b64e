import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { inNetworkNamespace } from "../testing/namespace.ts";
import { readNetworkNamespaces } from "./network-namespaces.ts";
import { readSocketOwners } from "./socket-owners.ts";
import { parseSockets, readSockets } from "./sockets.ts";

const directory = await mkdtemp(join(tmpdir(), "sockets-"));
afterAll(() => rm(directory, { recursive: true }));

test("a line of the table says all there is to a socket", () => {
  const line =
    "   2: 0100007F:C350 0200000A:01BB 01 00000010:00000020 02:000005DC 00000003  1000        4 98765 2 00000000abcdef01 20 4 30 10 -1";
  expect(parseSockets("tcp", `  sl  local_address\n${line}\nodd\n`)).toEqual([
    {
      table: "tcp",
      local: { address: "127.0.0.1", port: 50_000 },
      remote: { address: "10.0.0.2", port: 443 },
      ...{ state: 1, sendQueueBytes: 16, receiveQueueBytes: 32, timer: 2, timerCentiseconds: 1_500 },
      ...{ retransmissions: 3, uid: 1_000, probes: 4, inode: 98_765, references: 2, pointer: 0xabcdef01 },
    },
  ]);
});

test.each([
  ["00000000000000000000000001000000:1F90", "::1"],
  ["00000000000000000000000000000000:1F90", "::"],
  ["B80D0120000000000000000001000000:1F90", "2001:db8::1"],
  ["0000000000000000FFFF00000200000A:1F90", "10.0.0.2"],
])("%s is port 8080 of %s", (endpoint, address) => {
  const nobody = "00000000000000000000000000000000:0000";
  const [socket] = parseSockets("tcp6", `header\n 0: ${endpoint} ${nobody} 0A 0:0 0:0 0 0 0 1 1 0\n`);
  expect(socket?.local).toEqual({ address, port: 8_080 });
});

test("no text makes it throw", () => {
  const endpoint = fc.constantFrom("0100007F:0050", "0100007F", ":", "0100007F0100007F:0050", "zz:0");
  const line = fc.array(fc.oneof(endpoint, fc.string(), fc.constantFrom("00:00", "FFFFFFFFFFFFFFFF")), {
    maxLength: 14,
  });
  const property = fc.property(fc.array(line), (table) => {
    const text = `header\n${table.map((columns) => columns.join(" ")).join("\n")}`;
    for (const { local } of parseSockets("tcp", text)) expect(local.address).toMatch(/^[0-9a-f.:]+$/);
  });
  fc.assert(property, { numRuns: fuzzCases(300) });
});

test("a socket of this process is found, and is this process's", async () => {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const found = (await readSockets("tcp")).find(({ local }) => local.port === server.port);
  expect(found).toMatchObject({ local: { address: "127.0.0.1" }, remote: { address: "0.0.0.0", port: 0 }, state: 10 });
  expect((await readSocketOwners()).get(found?.inode ?? 0)?.pid).toBe(process.pid);
});

test("a network with a name is looked into through a process of it", () =>
  inNetworkNamespace(async () => {
    await using inside = Bun.spawn(["sleep", "60"]);
    await symlink(`/proc/${inside.pid}/ns/net`, join(directory, "cni-1"));
    await writeFile(join(directory, "none"), "");
    const networks = await readNetworkNamespaces(directory);
    expect([...networks.keys()]).toEqual(["cni-1"]);
    using server = Bun.listen({ hostname: "0.0.0.0", port: 8_080, socket: { data() {} } });
    const [only, ...others] = await readSockets("tcp", networks.get("cni-1"));
    expect([only?.local, others]).toEqual([{ address: "0.0.0.0", port: server.port }, []]);
  }));
