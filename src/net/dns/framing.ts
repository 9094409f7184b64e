import { viewOf } from "./message.ts";

// Over TCP each message is preceded by its length, RFC 1035 4.2.2.

const lengthBytes = 2;

export function withLength(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(lengthBytes + message.length);
  viewOf(framed).setUint16(0, message.length);
  framed.set(message, lengthBytes);
  return framed;
}

export interface MessageSplitter {
  /** Takes what arrived; calls back for each message that is complete. At most one incomplete message is kept. */
  push(chunk: Uint8Array): void;
}

export function splitMessages(onMessage: (message: Uint8Array) => void): MessageSplitter {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (bytes.length >= lengthBytes) {
        const end = lengthBytes + viewOf(bytes).getUint16(0);
        if (bytes.length < end) break;
        onMessage(Uint8Array.from(bytes.subarray(lengthBytes, end)));
        bytes = bytes.subarray(end);
      }
      rest = Uint8Array.from(bytes);
    },
  };
}
