import { expect, test } from "bun:test";
import { connect } from "node:net";
import { machine } from "../../../proto/index.ts";
import { netstat } from "./netstat.ts";

/** A request as it arrives over the wire. */
const request = (wanted: machine.NetstatRequest.$Properties) =>
  machine.NetstatRequest.decode(machine.NetstatRequest.encode(wanted).finish());
const sockets = async (wanted: machine.NetstatRequest.$Properties) =>
  (await netstat(request(wanted))).messages?.[0]?.connectrecord ?? [];

test("connected sockets have a peer, listening ones do not, and each has its process", async () => {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const client = connect(server.port, "127.0.0.1");
  await new Promise((resolve) => client.once("connect", resolve));
  try {
    const of = async (filter: machine.NetstatRequest.Filter) =>
      (await sockets({ filter, feature: { pid: true }, l4proto: { tcp: true }, netns: { hostnetwork: true } })).filter(
        ({ localport, remoteport }) => localport === server.port || remoteport === server.port,
      );
    const { ALL, CONNECTED, LISTENING } = machine.NetstatRequest.Filter;
    expect(await of(LISTENING)).toMatchObject([
      { l4proto: "tcp", localip: "127.0.0.1", remoteip: "0.0.0.0", remoteport: 0, state: 10, netns: "" },
    ]);
    expect((await of(CONNECTED)).map(({ state }) => state)).toEqual([1, 1]);
    const all = await of(ALL);
    expect(all.length).toBe(3);
    for (const { process: owner } of all) expect(owner?.pid).toBe(process.pid);
  } finally {
    client.destroy();
  }
});

test("where processes are not asked for there is an empty one, which clients read", async () => {
  const server = await Bun.udpSocket({ hostname: "127.0.0.1" });
  const found = (await sockets({})).find(({ l4proto, localport }) => l4proto === "udp" && localport === server.port);
  server.close();
  expect(found).toMatchObject({ state: 7, process: { pid: 0, name: "" } });
});

test("without the machine's network and without a name there is nothing to see", async () => {
  expect(await sockets({ l4proto: { tcp: true }, netns: { netns: ["cni-no-such"] } })).toEqual([]);
});
