import { readFile } from "node:fs/promises";
import { decodeAddress } from "../internet-address.ts";
import { fields, lines } from "./table.ts";

/** Tables of sockets below /proc/<pid>/net, in the order in which they are shown. */
export const socketTables = ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6"] as const;
export type SocketTable = (typeof socketTables)[number];

/** One end of a socket. The port is 0, and the address unspecified, where there is none. */
export interface Endpoint {
  readonly address: string;
  /** Of a raw socket the number of its protocol. */
  readonly port: number;
}

/** A socket of the internet's families, as the kernel's tables have it. */
export interface Socket {
  readonly table: SocketTable;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** TCP_* of <linux/tcp_states.h>: 1 established, 7 closed (of UDP: not connected), 10 listening. */
  readonly state: number;
  readonly sendQueueBytes: number;
  readonly receiveQueueBytes: number;
  /** 0 none, 1 retransmission, 2 keepalive, 3 TIME_WAIT, 4 probe of a closed window. */
  readonly timer: number;
  /** Hundredths of a second until the timer fires. */
  readonly timerCentiseconds: number;
  readonly retransmissions: number;
  readonly uid: number;
  /** Probes that have not been answered. */
  readonly probes: number;
  /** 0 for a socket that no process holds any more. */
  readonly inode: number;
  readonly references: number;
  /** The kernel's address of it, 0 where it is not told. */
  readonly pointer: number;
}

/** A machine may have sockets by the ten thousand, and PID 1 other things to do. */
const rowsAtOnce = 1_000;

/**
 * Sockets of one table in the network of a process, proc_pid_net(5).
 * @returns none where the kernel has no such table, or the process is gone.
 */
export async function readSockets(table: SocketTable, pid: number | "self" = "self"): Promise<Socket[]> {
  const rows = rowsOf(await readFile(`/proc/${pid}/net/${table}`, "utf8").catch(() => ""));
  const sockets: Socket[] = [];
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    sockets.push(...parseRows(table, rows.slice(at, at + rowsAtOnce)));
  }
  return sockets;
}

/** `sl: local remote state tx:rx timer:when retransmissions uid probes inode references pointer …`, after a header. */
export const parseSockets = (table: SocketTable, text: string): Socket[] => parseRows(table, rowsOf(text));

const rowsOf = (text: string): string[] => lines(text).slice(1);

const parseRows = (table: SocketTable, rows: readonly string[]): Socket[] =>
  rows.map((row) => parseSocket(table, fields(row))).filter((socket) => socket !== undefined);

function parseSocket(table: SocketTable, columns: readonly string[]): Socket | undefined {
  const [, local = "", remote = "", state = "", queues = "", timer = "", retransmissions = "", ...rest] = columns;
  const [uid, probes, inode, references, pointer = ""] = rest;
  const [here, there] = [parseEndpoint(local), parseEndpoint(remote)];
  if (here === undefined || there === undefined) return undefined;
  const [sendQueue = "", receiveQueue = ""] = queues.split(":");
  const [kind = "", when = ""] = timer.split(":");
  return {
    table,
    ...{ local: here, remote: there, state: hexadecimal(state) },
    ...{ sendQueueBytes: hexadecimal(sendQueue), receiveQueueBytes: hexadecimal(receiveQueue) },
    ...{
      timer: hexadecimal(kind),
      timerCentiseconds: hexadecimal(when),
      retransmissions: hexadecimal(retransmissions),
    },
    ...{ uid: decimal(uid), probes: decimal(probes), inode: decimal(inode), references: decimal(references) },
    pointer: hexadecimal(pointer),
  };
}

/** `0100007F:0050`: words of the address in the machine's order of bytes, the port as a number. */
function parseEndpoint(text: string): Endpoint | undefined {
  const colon = text.indexOf(":");
  const address = colon === 8 ? inet4(text) : colon === 32 ? inet6(text) : undefined;
  return address === undefined ? undefined : { address, port: hexadecimal(text.slice(colon + 1)) };
}

function inet4(text: string): string | undefined {
  const word = Number.parseInt(text.slice(0, 8), 16);
  if (!Number.isInteger(word)) return undefined;
  return `${word & 0xff}.${(word >>> 8) & 0xff}.${(word >>> 16) & 0xff}.${word >>> 24}`;
}

function inet6(text: string): string | undefined {
  const bytes = Buffer.from(text.slice(0, 32), "hex");
  if (bytes.length !== 16) return undefined;
  // An IPv4 peer of an IPv6 socket is shown as people know it.
  return decodeAddress(bytes.swap32())?.replace(/^::ffff:(?=.*\.)/, "");
}

const hexadecimal = (text: string): number => Number.parseInt(text, 16) || 0;
const decimal = (text: string | undefined): number => Number.parseInt(text ?? "", 10) || 0;
