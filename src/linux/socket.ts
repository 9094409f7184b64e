import { Errno } from "./errno.ts";
import { OpenFlag } from "./file-descriptor.ts";
import { i32 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Address families, from <sys/socket.h>. */
export const AddressFamily = { unspecified: 0, unix: 1, inet4: 2, inet6: 10, netlink: 16, packet: 17 } as const;
/** Socket types and creation flags, from <sys/socket.h>. */
export const SocketType = { stream: 1, datagram: 2, raw: 3, nonBlocking: 0o4000, closeOnExec: 0o2000000 } as const;
/** Flags of send(2) and recv(2), from <sys/socket.h>. */
export const MessageFlag = { peek: 2, truncated: 0x20, dontWait: 0x40, noSignal: 0x4000 } as const;
/** Levels and names for setsockopt(2), from <sys/socket.h>. */
export const SocketOption = {
  socketLevel: 1,
  receiveBuffer: 8,
  sendBufferForce: 32,
  receiveBufferForce: 33,
  attachFilter: 26,
} as const;

const sysSocket = syscall("socket", ["int", "int", "int"]);
const sysBind = syscall("bind", ["int", "pointer", "int"]);
const sysName = syscall("getsockname", ["int", "pointer", "pointer"]);
const sysSetOption = syscall("setsockopt", ["int", "int", "int", "pointer", "int"]);
const sysOption = syscall("getsockopt", ["int", "int", "int", "pointer", "pointer"]);
const sysSend = syscall("send", ["int", "pointer", "long", "int"], "long");
const sysSendTo = syscall("sendto", ["int", "pointer", "long", "int", "pointer", "int"], "long");
const sysReceive = syscall("recvfrom", ["int", "pointer", "long", "int", "pointer", "pointer"], "long");

/** Creates a non-blocking, close-on-exec socket, socket(2). */
export function socket(family: number, type: number, protocol: number): number {
  const flags = SocketType.nonBlocking | OpenFlag.closeOnExec;
  return check(
    sysSocket(family, type | flags, protocol),
    () => `Cannot create a socket (family ${family}, type ${type}, protocol ${protocol})`,
  );
}

/** Gives a socket its local address, an encoded sockaddr, bind(2). */
export function bind(fd: number, address: Uint8Array): void {
  check(sysBind(fd, address, address.length), () => `Cannot bind socket ${fd}`);
}

/** The encoded local address of a socket, getsockname(2). */
export function localAddress(fd: number): Uint8Array {
  const address = new Uint8Array(128);
  const length = new Int32Array([address.length]);
  check(sysName(fd, address, length), () => `Cannot read the address of socket ${fd}`);
  return address.subarray(0, length[0]);
}

/** Sets a socket option, setsockopt(2); a number is passed as a C int. */
export function setSocketOption(fd: number, level: number, name: number, value: number | Uint8Array): void {
  const encoded = typeof value === "number" ? encodeInt(value) : value;
  check(
    sysSetOption(fd, level, name, encoded, encoded.length),
    () => `Cannot set option ${level}/${name} of socket ${fd}`,
  );
}

/** The bytes of a socket option, at most `size` of them, getsockopt(2). */
export function socketOption(fd: number, level: number, name: number, size: number): Uint8Array {
  const value = new Uint8Array(size);
  const length = new Int32Array([size]);
  check(sysOption(fd, level, name, value, length), () => `Cannot read option ${level}/${name} of socket ${fd}`);
  return value.subarray(0, length[0]);
}

/** Sends one datagram to the peer, or to `address` (an encoded sockaddr). Does not wait. */
export function send(fd: number, datagram: Uint8Array, address?: Uint8Array): void {
  const flags = MessageFlag.dontWait | MessageFlag.noSignal;
  const result =
    address === undefined
      ? sysSend(fd, datagram, datagram.length, flags)
      : sysSendTo(fd, datagram, datagram.length, flags, address, address.length);
  check(result, () => `Cannot send ${datagram.length} bytes on socket ${fd}`);
}

/** A datagram's place in the caller's buffer. */
export interface Received {
  /** Bytes the datagram had; more than the buffer holds when it was cut off. */
  readonly length: number;
  /** The sender's encoded sockaddr. */
  readonly from: Uint8Array;
}

/**
 * Takes the next datagram into `buffer`, recvfrom(2).
 * @returns undefined when there is none.
 * @throws SyscallError, ENOBUFS among others: the kernel dropped messages.
 */
export function receive(fd: number, buffer: Uint8Array): Received | undefined {
  const from = new Uint8Array(128);
  const fromLength = new Int32Array([from.length]);
  const flags = MessageFlag.dontWait | MessageFlag.truncated;
  const result = sysReceive(fd, buffer, buffer.length, flags, from, fromLength);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
  const length = check(result, () => `Cannot receive on socket ${fd}`);
  return { length, from: from.subarray(0, fromLength[0]) };
}

/** The size of the next datagram without taking it, or undefined when there is none. */
export function nextDatagramSize(fd: number): number | undefined {
  const flags = MessageFlag.dontWait | MessageFlag.truncated | MessageFlag.peek;
  const result = sysReceive(fd, null, 0, flags, null, null);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
  return check(result, () => `Cannot receive on socket ${fd}`);
}

function encodeInt(value: number): Uint8Array {
  const encoded = new Uint8Array(i32.size);
  i32.write(new DataView(encoded.buffer), 0, value);
  return encoded;
}
