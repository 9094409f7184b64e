import { timespec } from "../linux/clock.ts";
import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import { attachFilter } from "../linux/packet-filter.ts";
import { untilReadable } from "../linux/readiness.ts";
import { type ControlMessage, MessageReceiver, type ReceivedMessage } from "../linux/receive-message.ts";
import {
  AddressFamily,
  bind,
  SocketOption,
  SocketType,
  setSocketOption,
  socket,
  socketOption,
} from "../linux/socket.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { networkOrder } from "./network-order.ts";
import { packetAddress } from "./packet-address.ts";
import {
  arrivalTime,
  PacketOption,
  PacketStatus,
  packetAuxiliary,
  packetMembership,
  packetStatistics,
  promiscuous,
  usualVlanProtocol,
} from "./packet-option.ts";

/** What waits in the kernel while the reader is slow; beyond that the kernel drops packets, and counts them. */
const kernelBufferBytes = 4 * 1_024 * 1_024;
/** Packets handed on at once at most, so that others have their turn. */
const batchPackets = 128;
const batchBytes = 256 * 1_024;
const everyProtocol = 3; // ETH_P_ALL
/** The hardware addresses that a frame begins with; a VLAN's tag follows them. */
const addressesBytes = 12;
const tagBytes = 4;

/** A packet as it was on the wire, or its beginning. */
export interface CapturedPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Bytes it had on the wire. */
  readonly wireLength: number;
  readonly bytes: Uint8Array;
}

/** One instruction of the kernel's classic filters, struct sock_filter. */
export interface FilterInstruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly operand: number;
}

export interface CaptureOptions {
  readonly linkIndex: number;
  /** Bytes to keep of each packet. */
  readonly snapLength: number;
  /** Also hears what is for others. */
  readonly promiscuous?: boolean;
  /** Leaves out what this machine sends: on a loopback every packet passes twice. */
  readonly ignoreOutgoing?: boolean;
  /** None lets everything through. */
  readonly filter?: readonly FilterInstruction[];
}

/**
 * Everything that passes an interface, with its link's headers, packet(7). Nothing is queued here: who reads slowly
 * leaves packets with the kernel, whose buffer is bounded.
 * @throws SyscallError, EINVAL for a filter that is none
 */
export class PacketCapture implements Disposable {
  readonly #fd: number;
  readonly #receiver: MessageReceiver;
  readonly #snapLength: number;

  constructor({ linkIndex, snapLength, filter = [], ...options }: CaptureOptions) {
    // Protocol 0 receives nothing: neither other interfaces' packets nor some from before there was a filter.
    this.#fd = socket(AddressFamily.packet, SocketType.raw, 0);
    this.#receiver = new MessageReceiver(snapLength);
    this.#snapLength = snapLength;
    try {
      if (filter.length > 0) attachFilter(this.#fd, filter);
      this.#prepare(linkIndex, options);
      const protocol = networkOrder(everyProtocol);
      bind(this.#fd, packetAddress.encode({ family: AddressFamily.packet, protocol, index: linkIndex }));
    } catch (thrown) {
      close(this.#fd);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }

  /** Packets as they come, in groups, until `signal` aborts. */
  async *packets(signal: AbortSignal): AsyncGenerator<readonly CapturedPacket[], void, undefined> {
    while (!signal.aborted) {
      await untilReadable(this.#fd, signal);
      const batch = this.#batch();
      if (batch.length > 0) yield batch;
    }
  }

  /** Packets since the last question, and how many of them the kernel dropped for want of room. */
  statistics(): { readonly packets: number; readonly dropped: number } {
    const { level, statistics } = PacketOption;
    return packetStatistics.decode(socketOption(this.#fd, level, statistics, packetStatistics.size));
  }

  #prepare(index: number, options: Pick<CaptureOptions, "promiscuous" | "ignoreOutgoing">): void {
    const { level, addMembership, auxiliaryData, ignoreOutgoing } = PacketOption;
    setSocketOption(this.#fd, SocketOption.socketLevel, SocketOption.receiveBufferForce, kernelBufferBytes);
    setSocketOption(this.#fd, SocketOption.socketLevel, arrivalTime, 1);
    setSocketOption(this.#fd, level, auxiliaryData, 1);
    if (options.ignoreOutgoing === true) setSocketOption(this.#fd, level, ignoreOutgoing, 1);
    if (options.promiscuous !== true) return;
    setSocketOption(this.#fd, level, addMembership, packetMembership.encode({ index, type: promiscuous }));
  }

  #batch(): CapturedPacket[] {
    const batch: CapturedPacket[] = [];
    let size = 0;
    while (batch.length < batchPackets && size < batchBytes) {
      const packet = this.#next();
      if (packet === undefined) break;
      batch.push(packet);
      size += packet.bytes.length;
    }
    return batch;
  }

  #next(): CapturedPacket | undefined {
    try {
      const received = this.#receiver.next(this.#fd);
      return received && packetOf(received, this.#snapLength);
    } catch (thrown) {
      // The link went down: the kernel says so once, and packets come again when it is up.
      if (thrown instanceof SyscallError && thrown.errno === Errno.ENETDOWN) return undefined;
      throw thrown;
    }
  }
}

/** The packet with its moment, and with the VLAN's tag that the kernel keeps beside it. */
function packetOf({ bytes, length, control }: ReceivedMessage, snapLength: number): CapturedPacket {
  const time = dataOf(control, SocketOption.socketLevel, arrivalTime, timespec.size);
  const data = dataOf(control, PacketOption.level, PacketOption.auxiliaryData, packetAuxiliary.size);
  const auxiliary = packetAuxiliary.decode(data ?? packetAuxiliary.encode());
  const moment = time === undefined ? now() : timespec.decode(time);
  // A filter may have cut the packet: its length here is then that of what is left.
  const wireLength = Math.max(auxiliary.length, length);
  if ((auxiliary.status & PacketStatus.vlanTag) === 0 || bytes.length < addressesBytes) {
    return { ...moment, wireLength, bytes: bytes.slice() };
  }
  const tagged = Buffer.concat([bytes.subarray(0, addressesBytes), tagOf(auxiliary), bytes.subarray(addressesBytes)]);
  return { ...moment, wireLength: wireLength + tagBytes, bytes: tagged.subarray(0, snapLength) };
}

function tagOf({ status, vlanTag, vlanProtocol }: ReturnType<typeof packetAuxiliary.decode>): Uint8Array {
  const tag = Buffer.alloc(tagBytes);
  tag.writeUInt16BE((status & PacketStatus.vlanProtocol) === 0 ? usualVlanProtocol : vlanProtocol, 0);
  tag.writeUInt16BE(vlanTag, 2);
  return tag;
}

const dataOf = (control: readonly ControlMessage[], level: number, type: number, size: number) =>
  control.find((message) => message.level === level && message.type === type && message.data.length >= size)?.data;

function now(): { readonly seconds: number; readonly nanoseconds: number } {
  const ms = Date.now();
  return { seconds: Math.floor(ms / 1_000), nanoseconds: (ms % 1_000) * 1_000_000 };
}
