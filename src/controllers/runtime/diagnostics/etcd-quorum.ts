import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Etcd, Member } from "../../../etcd/client.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { etcdAccessInputs, etcdAt, ownMember } from "../../etcd/local.ts";

export interface EtcdQuorumOptions {
  /** The member at an address; undefined while this machine has no certificates for that. */
  readonly connect?: (
    context: Pick<ReconcileContext, "get">,
    host: string,
  ) => Promise<(Pick<Etcd, "status" | "knownMembers"> & Disposable) | undefined>;
  /** Machines that start together find each other within this. */
  readonly patienceMs?: number;
  /** How soon one looks again. */
  readonly againMs?: number;
}

const id = "etcd-quorum";
/** Members that work answer within milliseconds. */
const answerMs = 3_000;

/** A member that has a vote, and why it cannot use it. */
interface Silent {
  readonly name: string;
  readonly problem: string;
}

/**
 * Says that etcd has no leader, and which of its members do not answer. Each member's machine finds that out by itself:
 * what is stored in etcd, Kubernetes included, tells nobody then.
 */
export const etcdQuorumController = (options: EtcdQuorumOptions = {}) => {
  const { connect = etcdAt, patienceMs = 10_000, againMs = 5_000 } = options;
  let lostAt: number | undefined;
  return defineController({
    name: "runtime.EtcdQuorumController",
    inputs: [{ kind: Service, id: "etcd", strength: "weak" }, ...etcdAccessInputs],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const service = (await context.get(Service, "etcd"))?.spec;
      const isInTrouble = service?.running === true && !service.healthy;
      const voters = isInTrouble ? await votersWithoutLeader(context, connect) : undefined;
      if (isInTrouble) context.requeueAfter(againMs);
      if (voters === undefined) {
        lostAt = undefined;
        return context.destroy(Diagnostic, id);
      }
      lostAt ??= performance.now();
      if (performance.now() - lostAt < patienceMs) return;
      const asked = voters.map((voter) => silence(context, connect, voter));
      const silent = (await Promise.all(asked)).filter((each) => each !== undefined);
      await context.put(Diagnostic, id, tell(voters.length, silent));
    },
  });
};

type Connect = Required<EtcdQuorumOptions>["connect"];

/** Those who elect a leader, as this machine's member knows them; undefined when there is a leader, or nobody to ask. */
async function votersWithoutLeader(
  context: ReconcileContext,
  connect: Connect,
): Promise<readonly Member[] | undefined> {
  try {
    using own = await connect(context, ownMember);
    if (own === undefined) return undefined;
    const call = { signal: context.signal, timeoutMs: answerMs };
    const { leader } = await own.status(call);
    if (leader !== 0n) return undefined;
    return (await own.knownMembers(call)).filter(({ isLearner }) => !isLearner);
  } catch {
    return undefined; // a member that does not answer at all is told as the service that it is
  }
}

/** Why a member does not answer; undefined when it does. */
async function silence(context: ReconcileContext, connect: Connect, member: Member): Promise<Silent | undefined> {
  const name = member.name === "" ? (hostOf(member.peerUrls) ?? "a member that never started") : member.name;
  const host = hostOf(member.clientUrls);
  if (host === undefined) return { name, problem: "it has never started" };
  try {
    using etcd = await connect(context, host);
    await etcd?.status({ signal: context.signal, timeoutMs: answerMs });
    return undefined;
  } catch (thrown) {
    return { name, problem: messageOf(thrown) };
  }
}

/** `https://[fd00::1]:2379` is at `fd00::1`. */
const hostOf = ([url]: readonly string[]): string | undefined =>
  url === undefined ? undefined : URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, "$1");

function tell(voters: number, silent: readonly Silent[]): Diagnostic {
  const majority = Math.floor(voters / 2) + 1;
  const missing = majority - (voters - silent.length);
  if (missing <= 0) {
    return {
      message: "etcd has no leader, although most of its members answer",
      details: ["may the control plane machines reach each other at port 2380, and do their clocks agree?"],
    };
  }
  return {
    message: `etcd has no majority: ${silent.length} of its ${voters} members do not answer`,
    details: [
      ...silent.map(({ name, problem }) => `${name}: ${problem}`).toSorted(),
      `nothing is lost, and nothing can be changed, until ${missing} of them ${missing === 1 ? "is" : "are"} back`,
      "if their disks are lost: save what is left (talosctl etcd snapshot), and begin again with that on a machine whose" +
        " /var/lib/etcd is empty (talosctl bootstrap --recover-from)",
    ],
  };
}
