import { expect, test } from "bun:test";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import type { Member } from "../../../etcd/client.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { etcdQuorumController } from "./etcd-quorum.ts";

const member = (index: number, changes: Partial<Member> = {}): Member => ({
  ...{ id: BigInt(index), name: `cp-${index}`, isLearner: false },
  ...{ peerUrls: [`https://10.0.0.${index}:2380`], clientUrls: [`https://10.0.0.${index}:2379`], ...changes },
});

/** Members of which some answer, and one may lead. */
function membersOf(...members: readonly Member[]) {
  const now = { leader: 0n, silent: new Set<string>() };
  const status = {
    ...{ memberId: 1n, version: "", storageVersion: "", databaseBytes: 0, databaseUsedBytes: 0 },
    ...{ raftIndex: 0n, raftTerm: 0n, raftAppliedIndex: 0n, errors: [], isLearner: false },
  };
  const connect = async (_: unknown, host: string) => ({
    async status() {
      if (now.silent.has(host)) throw new Error(`Cannot reach ${host}:2379: connection refused`);
      return { ...status, leader: now.leader };
    },
    knownMembers: async () => [...members],
    [Symbol.dispose]() {},
  });
  return { now, connect };
}

const quick = { patienceMs: 0, againMs: 1 };
const etcd = (machine: TestRuntime, healthy: boolean) =>
  machine.state.modify(Service, "etcd", () => ({ running: true, healthy, unknown: false }));

test("too few members are told by name with what to do, until one of them is back", async () => {
  const learner = member(4, { isLearner: true });
  const { now, connect } = membersOf(member(1), member(2), member(3), learner);
  now.silent = new Set(["10.0.0.2", "10.0.0.3", "10.0.0.4"]);
  await using machine = await runtimeWith(etcdQuorumController({ connect, ...quick }));
  await etcd(machine, false);
  const { spec } = await machine.eventually(Diagnostic, "etcd-quorum");
  expect(spec.message).toBe("etcd has no majority: 2 of its 3 members do not answer");
  expect(spec.details).toEqual([
    "cp-2: Cannot reach 10.0.0.2:2379: connection refused",
    "cp-3: Cannot reach 10.0.0.3:2379: connection refused",
    "nothing is lost, and nothing can be changed, until 1 of them is back",
    expect.stringContaining("--recover-from"),
  ]);
  now.leader = 1n;
  await machine.eventuallyGone(Diagnostic, "etcd-quorum");
});

test("a member that never started is one that does not answer", async () => {
  const { connect } = membersOf(member(1), member(2, { name: "", clientUrls: [] }));
  await using machine = await runtimeWith(etcdQuorumController({ connect, ...quick }));
  await etcd(machine, false);
  const { spec } = await machine.eventually(Diagnostic, "etcd-quorum");
  expect(spec.message).toBe("etcd has no majority: 1 of its 2 members do not answer");
  expect(spec.details[0]).toBe("10.0.0.2: it has never started");
});

test("members that answer and do not find a leader are another trouble, over when etcd is well", async () => {
  const { connect } = membersOf(member(1), member(2), member(3));
  await using machine = await runtimeWith(etcdQuorumController({ connect, ...quick }));
  await etcd(machine, false);
  const { spec } = await machine.eventually(Diagnostic, "etcd-quorum");
  expect(spec.message).toBe("etcd has no leader, although most of its members answer");
  await etcd(machine, true);
  await machine.eventuallyGone(Diagnostic, "etcd-quorum");
});
