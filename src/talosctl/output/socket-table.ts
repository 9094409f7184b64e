import type { machine } from "../../proto/index.ts";
import type { NodeReply } from "../client/client.ts";
import type { PodNetworks } from "../client/pod-networks.ts";
import { table } from "./table.ts";

/** Columns beyond the usual ones. */
export interface SocketColumns {
  readonly extend: boolean;
  readonly programs: boolean;
  readonly timers: boolean;
  /** Shows whose each socket is. */
  readonly pods?: PodNetworks | undefined;
}

/** States in the kernel's order, <linux/tcp_states.h>. Closed is what a socket of UDP without a peer is: it says nothing. */
const states = [
  ...["RESERVED", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", ""],
  ...["CLOSEWAIT", "LASTACK", "LISTEN", "CLOSING"],
];
const timers = ["off", "on", "keepalive", "timewait", "probe"];

/** The table that `netstat` prints of sockets. */
export function socketTable(replies: readonly NodeReply<machine.Netstat>[], columns: SocketColumns): string {
  const headers = ["NODE", "Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State"];
  if (columns.extend) headers.push("Uid", "Inode");
  if (columns.programs) headers.push("PID/Program name");
  if (columns.pods !== undefined) headers.push("Pod");
  if (columns.timers) headers.push("Timer");
  const rows = replies.flatMap(({ node, message }) =>
    message.connectrecord.map((record) => [node, ...cells(record, node, columns)]),
  );
  return table(headers, rows);
}

function cells(record: machine.ConnectRecord, node: string, { extend, programs, timers, pods }: SocketColumns) {
  const { l4proto, rxqueue, txqueue, localip, localport, remoteip, remoteport, state } = record;
  return [
    ...[l4proto, String(rxqueue), String(txqueue), `${localip}:${localport}`, `${remoteip}:${remoteport || "*"}`],
    states[state] ?? String(state),
    ...(extend ? [String(record.uid), String(record.inode)] : []),
    ...(programs ? [programOf(record)] : []),
    ...(pods === undefined ? [] : [pods.get(node)?.get(record.netns) ?? "-"]),
    ...(timers ? [timerOf(record)] : []),
  ];
}

const programOf = ({ process }: machine.ConnectRecord): string =>
  process?.pid ? `${process.pid}/${process.name}` : "-";

/** Which timer runs, seconds until it fires, retransmissions, and probes without an answer. */
function timerOf({ tr, timerwhen, retrnsmt, timeout }: machine.ConnectRecord): string {
  return `${timers[tr] ?? tr} (${(Number(timerwhen) / 100).toFixed(2)}/${retrnsmt}/${timeout})`;
}
