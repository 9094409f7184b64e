import { Failure } from "../errors/failure.ts";
import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import {
  AddressFamily,
  bind,
  receive,
  SocketOption,
  SocketType,
  send,
  setSocketOption,
  socket,
} from "../linux/socket.ts";
import { struct, u16, u32 } from "../linux/struct.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { Attributes } from "./attribute.ts";
import {
  decodeMessages,
  encodeMessage,
  MessageFlag,
  MessageType,
  messageHeader,
  type NetlinkMessage,
} from "./message.ts";
import { NetlinkError } from "./netlink-error.ts";

/** struct sockaddr_nl, <linux/netlink.h>. */
export const netlinkAddress = struct({ family: u16, padding: u16, port: u32, groups: u32 });
/** Socket options of level SOL_NETLINK, from <linux/netlink.h> and <linux/socket.h>. */
export const NetlinkOption = {
  level: 270,
  addMembership: 1,
  capAcknowledgement: 10,
  extendedAcknowledgement: 11,
  strictCheck: 12,
} as const;
/** Attributes of an extended acknowledgement. */
const acknowledgementMessage = 1;

/** The kernel fills a dump in pieces of at most 32 KiB, events are far smaller. */
const bufferSize = 256 * 1_024;
const receiveBufferSize = 4 * 1_024 * 1_024;
const dumpTries = 10;
/** Larger datagrams may not fit what the kernel gives a socket, net.core.wmem_default. */
const usualSendSize = 128 * 1_024;

export interface NetlinkRequest {
  readonly type: number;
  /** MessageFlag values beyond the ones every request has. */
  readonly flags?: number;
  readonly body: Uint8Array;
  /** What the request is for, when it fails: `Cannot add the route to 10.0.0.0/8`. */
  readonly describe: () => string;
}

/**
 * One netlink socket, in the network namespace of the thread that opens it. Requests need no event loop: the kernel
 * queues the whole reply before send(2) returns.
 */
export class NetlinkSocket implements Disposable {
  readonly fd: number;
  readonly #buffer = new Uint8Array(bufferSize);
  #sequence = 0;

  /** @param groups multicast groups as a bit mask, for a socket that listens. */
  constructor(family: number, groups = 0) {
    this.fd = socket(AddressFamily.netlink, SocketType.raw, family);
    try {
      setSocketOption(this.fd, SocketOption.socketLevel, SocketOption.receiveBuffer, receiveBufferSize);
      setSocketOption(this.fd, NetlinkOption.level, NetlinkOption.capAcknowledgement, 1);
      setSocketOption(this.fd, NetlinkOption.level, NetlinkOption.extendedAcknowledgement, 1);
      bind(this.fd, netlinkAddress.encode({ family: AddressFamily.netlink, groups }));
    } catch (thrown) {
      close(this.fd);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    close(this.fd);
  }

  /** Hears what a multicast group is told from now on, by the group's number. */
  join(group: number): void {
    setSocketOption(this.fd, NetlinkOption.level, NetlinkOption.addMembership, group);
  }

  /** From now on the kernel heeds what a dump asks for, such as the routes of one link, or refuses; Linux 4.20. */
  checkStrictly(): void {
    setSocketOption(this.fd, NetlinkOption.level, NetlinkOption.strictCheck, 1);
  }

  /**
   * Asks for one thing or a change, and waits for the kernel's acknowledgement.
   * @throws NetlinkError with the kernel's explanation.
   */
  request(request: NetlinkRequest): NetlinkMessage[] {
    return this.#exchange(request, MessageFlag.acknowledge).messages;
  }

  /**
   * Asks for all of a kind. Asked again when things changed in the middle, so the answer is of one moment.
   * @throws NetlinkError
   */
  dump(request: NetlinkRequest): NetlinkMessage[] {
    for (let tries = 0; tries < dumpTries; tries += 1) {
      const { messages, isConsistent } = this.#tryDump(request);
      if (isConsistent) return messages;
    }
    throw new Failure(`${request.describe()}: it changed during each of ${dumpTries} readings`);
  }

  /**
   * Sends several requests as one datagram, for families that make one change of them. The first and the last frame
   * the others: nfnetlink's batches.
   * @throws NetlinkError for the first that the kernel refused; then it has done none of them.
   */
  batch(requests: readonly NetlinkRequest[]): void {
    const first = (this.#sequence + 1) >>> 0;
    // Refusals are always told; one answer shows that the kernel came to the end.
    const acknowledged = requests.length - 2;
    const encoded = requests.map(({ type, flags = 0, body }, index) => {
      this.#sequence = (this.#sequence + 1) >>> 0;
      const kind = MessageFlag.request | (index === acknowledged ? MessageFlag.acknowledge : 0);
      return encodeMessage({ type, flags: flags | kind, sequence: this.#sequence, body });
    });
    const datagram = Buffer.concat(encoded);
    if (datagram.length > usualSendSize)
      setSocketOption(this.fd, SocketOption.socketLevel, SocketOption.sendBufferForce, datagram.length);
    send(this.fd, datagram);
    let isAnswered = false;
    for (let messages = this.receive(); messages !== undefined; messages = this.receive()) {
      for (const message of messages) {
        const request = requests[message.sequence - first];
        if (request === undefined || message.type !== MessageType.error) continue;
        refuse(message, request.describe);
        isAnswered = true;
      }
    }
    if (!isAnswered) throw new Failure(`${requests[0]?.describe()}: the kernel did not answer`);
  }

  /**
   * The next datagram's messages, for a socket that listens; undefined when there is none.
   * @throws SyscallError with ENOBUFS when the kernel dropped messages.
   */
  receive(): NetlinkMessage[] | undefined {
    const received = receive(this.fd, this.#buffer);
    if (received === undefined) return undefined;
    // Any process may send to our port; only the kernel's own port is 0.
    if (received.from.length < netlinkAddress.size || netlinkAddress.decode(received.from).port !== 0) return [];
    if (received.length > this.#buffer.length) throw new SyscallError("Cannot receive on netlink", Errno.ENOBUFS);
    return [...decodeMessages(this.#buffer.slice(0, received.length))];
  }

  #tryDump(request: NetlinkRequest): Exchange {
    try {
      return this.#exchange(request, MessageFlag.dump);
    } catch (thrown) {
      if (!(thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS)) throw thrown;
      // The kernel goes on with a dump as it is read, and begins no other before.
      while (this.receive() !== undefined);
      return { messages: [], isConsistent: false };
    }
  }

  #exchange({ type, flags = 0, body, describe }: NetlinkRequest, kind: number): Exchange {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const sequence = this.#sequence;
    send(this.fd, encodeMessage({ type, flags: flags | kind | MessageFlag.request, sequence, body }));
    const messages: NetlinkMessage[] = [];
    let isConsistent = true;
    while (true) {
      const batch = this.receive();
      if (batch === undefined) throw new Failure(`${describe()}: the kernel did not answer`);
      for (const message of batch) {
        if (message.sequence !== sequence) continue; // the rest of an exchange that failed half way
        if ((message.flags & MessageFlag.dumpInterrupted) !== 0) isConsistent = false;
        if (isFinal(message)) {
          refuse(message, describe);
          return { messages, isConsistent };
        }
        messages.push(message);
      }
    }
  }
}

interface Exchange {
  readonly messages: NetlinkMessage[];
  readonly isConsistent: boolean;
}

const isFinal = ({ type }: NetlinkMessage) => type === MessageType.error || type === MessageType.done;

/** An acknowledgement starts with a negative errno, or 0: all is well. */
function refuse({ flags, type, body }: NetlinkMessage, describe: () => string): void {
  if (body.length < 4) return;
  const errno = -new DataView(body.buffer, body.byteOffset).getInt32(0, true);
  if (errno <= 0) return;
  const detailsAt = type === MessageType.done ? 4 : 4 + messageHeader.size;
  const details = (flags & MessageFlag.extended) === 0 ? undefined : new Attributes(body, detailsAt);
  throw new NetlinkError(describe(), errno, details?.text(acknowledgementMessage));
}
