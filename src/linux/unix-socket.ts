import { ptr } from "bun:ffi";
import { Failure } from "../errors/failure.ts";
import { Errno } from "./errno.ts";
import { OpenFlag } from "./file-descriptor.ts";
import { AddressFamily, bind, MessageFlag, SocketOption, SocketType, socket } from "./socket.ts";
import { bytes, i32, struct, u16, u32, u64 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** struct sockaddr_un, <sys/un.h>. */
export const unixAddress = struct({ family: u16, path: bytes(108) });
/** struct iovec and struct msghdr, <sys/socket.h>. */
export const ioVector = struct({ base: u64, length: u64 });
export const messageHeader = struct({
  name: u64,
  nameLength: u32,
  vectors: u64,
  vectorCount: u64,
  control: u64,
  controlLength: u64,
  flags: i32,
});
/** struct cmsghdr, <sys/socket.h>; its data follow. */
export const controlHeader = struct({ length: u64, level: i32, type: i32 });
/** Control messages that carry file descriptors, from <sys/socket.h>. */
export const passDescriptors = 1;

const backlog = 16;
const longestPath = 107;
const descriptorBytes = 4;

const sysListen = syscall("listen", ["int", "int"]);
const sysAccept = syscall("accept4", ["int", "pointer", "pointer", "int"]);
const sysConnect = syscall("connect", ["int", "pointer", "int"]);
const sysSendMessage = syscall("sendmsg", ["int", "pointer", "int"], "long");

/**
 * Listens on a new socket file, unix(7); what is there already must be removed before.
 * @throws SyscallError, or Failure for a path that no socket can have
 */
export function listenUnix(path: string): number {
  const fd = socket(AddressFamily.unix, SocketType.stream, 0);
  bind(fd, addressOf(path));
  check(sysListen(fd, backlog), () => `Cannot listen on "${path}"`);
  return fd;
}

/** Connects to a socket file. */
export function connectUnix(path: string): number {
  const fd = socket(AddressFamily.unix, SocketType.stream, 0);
  const address = addressOf(path);
  check(sysConnect(fd, address, address.length), () => `Cannot connect to "${path}"`);
  return fd;
}

function addressOf(path: string): Uint8Array {
  const encoded = new TextEncoder().encode(path);
  if (encoded.length > longestPath) throw new Failure(`Cannot use "${path}" as a socket: its path is too long`);
  return unixAddress.encode({ family: AddressFamily.unix, path: encoded });
}

/** Takes the next connection, non-blocking and close-on-exec; undefined when nobody waits, or nobody any more. */
export function accept(fd: number): number | undefined {
  const result = sysAccept(fd, null, null, SocketType.nonBlocking | OpenFlag.closeOnExec);
  const isNobody = [Errno.EAGAIN, Errno.EINTR, Errno.ECONNABORTED].some((errno) => result === -errno);
  return isNobody ? undefined : check(result, () => `Cannot accept a connection on socket ${fd}`);
}

/**
 * Sends bytes, and copies of file descriptors with the first of them, sendmsg(2). Does not wait.
 * @returns the bytes taken; undefined when the peer takes none now.
 * @throws SyscallError, EPIPE when the peer has gone
 */
export function sendWithDescriptors(
  fd: number,
  content: Uint8Array,
  descriptors: readonly number[] = [],
): number | undefined {
  const vector = ioVector.encode({ base: ptr(content), length: content.length });
  const control = controlMessage(descriptors);
  const header = messageHeader.encode({
    vectors: ptr(vector),
    vectorCount: 1,
    ...(control.length > 0 && { control: ptr(control), controlLength: control.length }),
  });
  const result = sysSendMessage(fd, header, MessageFlag.dontWait | MessageFlag.noSignal);
  // Until here these bytes must stay where the pointers say.
  vector.fill(0);
  control.fill(0);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
  return check(result, () => `Cannot send ${content.length} bytes on socket ${fd}`);
}

function controlMessage(descriptors: readonly number[]): Uint8Array {
  if (descriptors.length === 0) return new Uint8Array(0);
  const length = controlHeader.size + descriptors.length * descriptorBytes;
  // The kernel wants the space of whole words, and the length without what fills them up.
  const message = new Uint8Array(Math.ceil(length / 8) * 8);
  message.set(controlHeader.encode({ length, level: SocketOption.socketLevel, type: passDescriptors }));
  const view = new DataView(message.buffer, controlHeader.size);
  for (const [index, descriptor] of descriptors.entries()) i32.write(view, index * descriptorBytes, descriptor);
  return message;
}
