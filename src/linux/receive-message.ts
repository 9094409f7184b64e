import { ptr } from "bun:ffi";
import { Errno } from "./errno.ts";
import { MessageFlag } from "./socket.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";
import { controlHeader, ioVector, messageHeader } from "./unix-socket.ts";

const sysReceiveMessage = syscall("recvmsg", ["int", "pointer", "int"], "long");

/** What the kernel says about a datagram beside its bytes. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

export interface ReceivedMessage {
  /** Bytes the datagram had; more than there are in `bytes` when it was cut off. */
  readonly length: number;
  /** A view of the receiver's own buffer, until the next is taken. */
  readonly bytes: Uint8Array;
  readonly control: readonly ControlMessage[];
}

const controlBytes = 256;

/** Takes datagrams with their control messages, recvmsg(2), into one buffer again and again. */
export class MessageReceiver {
  readonly #buffer: Uint8Array;
  readonly #control = fixedBytes(controlBytes);
  readonly #vector: Uint8Array;
  readonly #header: Uint8Array;
  readonly #view: DataView;

  /** @param bufferBytes longer datagrams are cut off. */
  constructor(bufferBytes: number) {
    this.#buffer = fixedBytes(bufferBytes);
    this.#vector = ioVector.encode({ base: ptr(this.#buffer), length: bufferBytes });
    this.#header = messageHeader.encode({
      ...{ vectors: ptr(this.#vector), vectorCount: 1 },
      ...{ control: ptr(this.#control), controlLength: controlBytes },
    });
    this.#view = new DataView(this.#header.buffer);
  }

  /** The next datagram of the socket, undefined when there is none. @throws SyscallError */
  next(fd: number): ReceivedMessage | undefined {
    // The kernel writes there how much it used.
    this.#view.setBigUint64(messageHeader.offsets.controlLength, BigInt(controlBytes), true);
    const result = sysReceiveMessage(fd, this.#header, MessageFlag.dontWait | MessageFlag.truncated);
    if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
    const length = check(result, () => `Cannot receive on socket ${fd}`);
    const { controlLength } = messageHeader.decode(this.#header);
    const control = decodeControl(this.#control.subarray(0, controlLength));
    return { length, bytes: this.#buffer.subarray(0, Math.min(length, this.#buffer.length)), control };
  }
}

/** Bytes that stay where they are: a small view without a buffer of its own moves when somebody asks for its buffer. */
const fixedBytes = (size: number): Uint8Array => new Uint8Array(new ArrayBuffer(size));

/** Control messages one after another, each from the next multiple of eight bytes, cmsg(3). */
export function decodeControl(bytes: Uint8Array): ControlMessage[] {
  const messages: ControlMessage[] = [];
  for (let at = 0; at + controlHeader.size <= bytes.length; ) {
    const { length, level, type } = controlHeader.decode(bytes, at);
    if (length < controlHeader.size || at + length > bytes.length) break;
    messages.push({ level, type, data: bytes.slice(at + controlHeader.size, at + length) });
    at += Math.ceil(length / 8) * 8;
  }
  return messages;
}
