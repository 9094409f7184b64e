import { Failure } from "../errors/failure.ts";
import type { CallOptions } from "../grpc/client/channel.ts";
import type { Etcd, Member } from "./client.ts";
import { formatMemberId } from "./member-id.ts";

/** The member that a machine would be. */
export interface Joiner {
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** What an earlier try has added, if that member has kept nothing since: it may still start. */
  readonly added?: bigint;
  /** Whether a member that stands in the way answers: it is another machine's then. */
  readonly isAlive: (member: Member) => Promise<boolean>;
}

export interface Joined {
  readonly id: bigint;
  /** For etcd's `--initial-cluster`. */
  readonly initialCluster: string;
}

/**
 * Adds a machine that has no data to a cluster, as a learner: it neither votes nor counts until it has caught up.
 * A member of the same name or address, of which the machine was before it lost its data, is removed first: an id
 * stands for a log, and one that begins anew must not have the id of one that got further.
 * @throws Failure when another machine has the name; StatusError of etcd, which may allow it later.
 */
export async function joinCluster(
  etcd: Pick<Etcd, "addLearner" | "removeMember">,
  members: readonly Member[],
  joiner: Joiner,
  options: CallOptions = {},
): Promise<Joined> {
  const { name, peerUrls, added } = joiner;
  const waiting = members.find((member) => member.id === added && member.name === "" && sameUrls(member, peerUrls));
  if (waiting !== undefined) return { id: waiting.id, initialCluster: initialCluster(members, waiting.id, name) };
  for (const member of members.filter((found) => standsInTheWay(found, joiner))) {
    if (await joiner.isAlive(member)) throw nameIsTaken(member, name);
    await etcd.removeMember(member.id, options);
  }
  const { id, members: now } = await etcd.addLearner(peerUrls, options);
  return { id, initialCluster: initialCluster(now, id, name) };
}

const standsInTheWay = (member: Member, { name, peerUrls, added }: Joiner): boolean =>
  member.name === name || member.id === added || member.peerUrls.some((url) => peerUrls.includes(url));

const sameUrls = (member: Member, peerUrls: readonly string[]): boolean =>
  new Set(member.peerUrls).symmetricDifference(new Set(peerUrls)).size === 0;

/** Every member has a name in it, also one that has not told its own yet; etcd compares the addresses. */
const initialCluster = (members: readonly Member[], id: bigint, name: string): string =>
  members
    .flatMap((member) => {
      const called = member.id === id ? name : member.name || formatMemberId(member.id);
      return member.peerUrls.map((url) => `${called}=${url}`);
    })
    .join(",");

const nameIsTaken = (member: Member, name: string): Failure =>
  new Failure(
    `Cannot join etcd as "${name}": a member at ${member.peerUrls.join(", ")} has that name or address, and answers`,
    { hint: "Each control plane machine needs a host name and addresses of its own" },
  );
