import { struct, u16, u32 } from "../linux/struct.ts";

/** struct nlmsghdr, <linux/netlink.h>. */
export const messageHeader = struct({ length: u32, type: u16, flags: u16, sequence: u32, port: u32 });

/** Message types every family has, from <linux/netlink.h>. */
export const MessageType = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** Flags of a message, from <linux/netlink.h>. `replace` to `append` are those of requests that create. */
export const MessageFlag = {
  request: 1,
  multipart: 2,
  acknowledge: 4,
  dumpInterrupted: 0x10,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  /** On an acknowledgement: attributes follow. */
  extended: 0x200,
} as const;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

/** A message as it travels, padded to 4 bytes. */
export function encodeMessage({ type, flags, sequence, body }: NetlinkMessage): Uint8Array {
  const length = messageHeader.size + body.length;
  const encoded = new Uint8Array(align(length));
  encoded.set(messageHeader.encode({ length, type, flags, sequence }));
  encoded.set(body, messageHeader.size);
  return encoded;
}

/** The messages of one datagram. Ends at the first whose length makes no sense. */
export function* decodeMessages(datagram: Uint8Array): Generator<NetlinkMessage> {
  let at = 0;
  while (at + messageHeader.size <= datagram.length) {
    const { length, type, flags, sequence } = messageHeader.decode(datagram, at);
    if (length < messageHeader.size || at + length > datagram.length) return;
    yield { type, flags, sequence, body: datagram.subarray(at + messageHeader.size, at + length) };
    at += align(length);
  }
}

/** Netlink pads messages and attributes to 4 bytes. */
export const align = (length: number): number => (length + 3) & ~3;
