import type { ControllerInput, ReconcileContext } from "../../cosi/controller.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Etcd, Member as EtcdMember } from "../../etcd/client.ts";
import { Member } from "../../resources/cluster/member.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { addressOf } from "../secrets/names.ts";
import { etcdAccessInputs, etcdAt, ownMember } from "./local.ts";

/** Inputs of controllers that reach members on other machines. */
export const reachInputs: readonly ControllerInput[] = [
  ...etcdAccessInputs,
  { kind: Endpoint, strength: "weak" },
  { kind: Member, strength: "weak" },
  { kind: NodeAddress, id: "accumulative", strength: "weak" },
];

type Reader = Pick<ReconcileContext, "get" | "list">;

/** Asked at once; a cluster has fewer control plane machines, even if each has several addresses. */
const mostAddresses = 32;

/** Addresses of control plane machines other than this one, as far as this one knows. There may be no etcd yet. */
export async function otherControlPlanes(state: Reader): Promise<string[]> {
  const own = new Set((await state.get(NodeAddress, "accumulative"))?.spec.addresses.map(addressOf));
  const endpoints = (await state.list(Endpoint)).flatMap(({ spec }) => spec.addresses);
  const members = (await state.list(Member))
    .filter(({ spec }) => spec.machineType !== "worker")
    .flatMap(({ spec }) => spec.addresses);
  const others = new Set([...endpoints, ...members]);
  return [...others].filter((address) => !own.has(address)).slice(0, mostAddresses);
}

/** A member that has most of the others with it, and what it says of all of them. */
export interface ReachedCluster extends Disposable {
  readonly etcd: Etcd;
  /** As a certificate of this machine's found it. */
  readonly address: string;
  readonly members: readonly EtcdMember[];
}

/** There is nobody to ask. */
export class AloneFailure extends Failure {
  override readonly name = "AloneFailure";

  constructor() {
    super("Cannot reach a member of etcd: no other control plane machine is known");
  }
}

export interface Reach {
  /** Whether this machine's own member is asked as well. */
  readonly alsoOwn?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Asks every control plane machine at once, and takes the first that answers for the cluster.
 * @throws Failure naming each that was asked, and what came of it.
 */
export async function reachCluster(state: Reader, { alsoOwn = false, signal }: Reach): Promise<ReachedCluster> {
  const addresses = [...(alsoOwn ? [ownMember] : []), ...(await otherControlPlanes(state))];
  if (addresses.length === 0) throw new AloneFailure();
  const over = new AbortController();
  const asked = addresses.map((address) => ask(state, address, AbortSignal.any([signal, over.signal])));
  try {
    const first = await Promise.any(asked);
    // Whoever answers later is let go.
    for (const other of asked) other.then((found) => found !== first && found[Symbol.dispose](), noMatter);
    return first;
  } catch (thrown) {
    const problems = thrown instanceof AggregateError ? thrown.errors.map(messageOf) : [messageOf(thrown)];
    throw new Failure(`Cannot reach a member of etcd: ${problems.join("; ")}`);
  } finally {
    over.abort();
  }
}

async function ask(state: Reader, address: string, signal: AbortSignal): Promise<ReachedCluster> {
  const etcd = await etcdAt(state, address);
  if (etcd === undefined) throw new Failure("there are no certificates for it yet");
  try {
    return { etcd, address, members: await etcd.members({ signal }), [Symbol.dispose]: () => etcd[Symbol.dispose]() };
  } catch (thrown) {
    etcd[Symbol.dispose]();
    throw new Failure(`${address}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

const noMatter = () => {};
