import { pause } from "../async/pause.ts";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { Diagnostic } from "../resources/runtime/diagnostic.ts";
import type { Check } from "./check.ts";
import { allNodes, type ClusterInfo } from "./cluster.ts";

/** For all machines together: some may be why the check fails. */
const askMs = 2_000;

/**
 * The check, which tells when it fails what machines know themselves: an etcd that does not run says less than a machine
 * whose disk is full. The overall time is over by then, so this has its own.
 */
export const withDiagnoses = (cluster: ClusterInfo, check: Check): Check => ({
  name: check.name,
  async run(context, signal) {
    try {
      return await check.run(context, signal);
    } catch (thrown) {
      const known = await diagnosesOf(cluster);
      if (known.length === 0) throw thrown;
      throw new Failure(`${messageOf(thrown)}; machines say of themselves: ${known.join("; ")}`, { cause: thrown });
    }
  },
});

/** What it is, and why; `talosctl get diagnostics -o yaml` has the rest. */
export const inShort = ({ message, details: [why] }: Diagnostic): string =>
  why === undefined ? message : `${message} (${why})`;

async function diagnosesOf(cluster: ClusterInfo): Promise<string[]> {
  const over = new AbortController();
  const silence = pause(askMs, over.signal).then(() => []);
  const asked = allNodes(cluster).map(({ address }) => Promise.race([diagnosesAt(cluster, address), silence]));
  try {
    return (await Promise.all(asked)).flat();
  } finally {
    over.abort();
  }
}

async function diagnosesAt(cluster: ClusterInfo, address: string): Promise<string[]> {
  try {
    const diagnostics = await cluster.machine(address).state.list(Diagnostic);
    return diagnostics.map(({ spec }) => `${address}: ${inShort(spec)}`);
  } catch {
    return []; // that it does not answer is told by the checks
  }
}
