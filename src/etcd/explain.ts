import { messageOf } from "../errors/message.ts";
import { Code, StatusError } from "../grpc/status.ts";

/** What etcd's words mean for whoever looks after it, and what to do. */
const explanations: readonly (readonly [pattern: RegExp, explanation: string])[] = [
  [
    /no leader|request timed out|leader failure|No answer within \d+ ms/,
    "most members do not answer each other: bring them back, or, if their data is lost, begin again with a snapshot" +
      " (talosctl bootstrap --recover-from)",
  ],
  [
    /connection refused/,
    "etcd does not run there (talosctl service etcd says why); or is that a control plane machine at all?",
  ],
  [/no answer|no route|unreachable/, "is that a control plane machine, and may others reach its ports 2379 and 2380?"],
  [/not valid now/, "the clocks of the two machines differ (talosctl get timestatus)"],
  [/authority we trust/, "cluster.etcd.ca of the two machines differs: that is another cluster"],
  [/not supported for learner/, "this member has no vote yet, it catches up with the others: ask one of them"],
  [/too many learner/, "one machine joins at a time, and another has not caught up (talosctl etcd members)"],
  [
    /unhealthy cluster/,
    "a member has just started, or does not answer: the others allow changes only once all have met",
  ],
  [/not enough started members/, "the cluster could not agree on anything without this member"],
  [/database space exceeded/, "delete keys, then talosctl etcd defrag and talosctl etcd alarm disarm"],
];

/** etcd's words, with what they mean added where that helps; what is no failure of etcd's stays as it is. */
export function explained(thrown: unknown): unknown {
  const text = messageOf(thrown);
  const [, explanation] = explanations.find(([pattern]) => pattern.test(text)) ?? [];
  if (explanation === undefined && thrown instanceof StatusError) return thrown;
  const code = thrown instanceof StatusError ? thrown.code : Code.unavailable;
  return new StatusError(code, explanation === undefined ? text : `${text}: ${explanation}`);
}
