import { expect, test } from "bun:test";
import type { Member } from "./client.ts";
import { type Joiner, joinCluster } from "./join.ts";
import { peerUrls } from "./urls.ts";

const member = (id: bigint, name: string, address: string): Member => ({
  ...{ id, name, peerUrls: peerUrls([address]), clientUrls: [], isLearner: name === "" },
});

/** A cluster that does what it is told, and remembers it. */
function clusterOf(...members: readonly Member[]) {
  let present = [...members];
  const done: string[] = [];
  return {
    members,
    done,
    async addLearner(urls: readonly string[]) {
      done.push("add");
      present.push({ ...member(99n, "", "192.0.2.9"), peerUrls: urls });
      return { id: 99n, members: present };
    },
    async removeMember(id: bigint) {
      done.push(`remove ${id}`);
      present = present.filter((other) => other.id !== id);
    },
  };
}

const joiner: Joiner = { name: "c", peerUrls: peerUrls(["192.0.2.3"]), isAlive: async () => false };
const others = [member(1n, "a", "192.0.2.1"), member(2n, "b", "192.0.2.2")];

test("a machine that nobody knows is added, and told of all others", async () => {
  const cluster = clusterOf(...others);
  expect(await joinCluster(cluster, cluster.members, joiner)).toEqual({
    id: 99n,
    initialCluster: "a=https://192.0.2.1:2380,b=https://192.0.2.2:2380,c=https://192.0.2.3:2380",
  });
  expect(cluster.done).toEqual(["add"]);
});

test.each([
  ["name", member(3n, "c", "192.0.2.30")],
  ["address", member(3n, "before", "192.0.2.3")],
  ["address, before it had started", member(3n, "", "192.0.2.3")],
])("what it was before is removed first, by its %s", async (_, before) => {
  const cluster = clusterOf(...others, before);
  await joinCluster(cluster, cluster.members, joiner);
  expect(cluster.done).toEqual(["remove 3", "add"]);
});

test("a machine that has the name and answers is another one: nothing is changed", async () => {
  const cluster = clusterOf(...others, member(3n, "c", "192.0.2.30"));
  const alive = { ...joiner, isAlive: async () => true };
  const refusal = await joinCluster(cluster, cluster.members, alive).catch((thrown) => thrown);
  expect(refusal.message).toContain('Cannot join etcd as "c": a member at https://192.0.2.30:2380');
  expect(cluster.done).toEqual([]);
});

test("a start that failed goes on with the member that it has added, if it is as it was", async () => {
  const added = member(7n, "", "192.0.2.3");
  const cluster = clusterOf(...others, added, member(8n, "", "192.0.2.8"));
  const { id, initialCluster } = await joinCluster(cluster, cluster.members, { ...joiner, added: 7n });
  expect(id).toBe(7n);
  // Another that has not started has no name: its id stands for it.
  expect(initialCluster).toEndWith("c=https://192.0.2.3:2380,0000000000000008=https://192.0.2.8:2380");
  expect(cluster.done).toEqual([]);
  const moved = clusterOf(...others, added);
  await joinCluster(moved, moved.members, { ...joiner, peerUrls: peerUrls(["192.0.2.4"]), added: 7n });
  expect(moved.done).toEqual(["remove 7", "add"]);
});
