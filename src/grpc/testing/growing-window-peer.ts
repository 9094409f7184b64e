import { connect } from "node:tls";
import { frameMessage, MessageFramer } from "../message-framer.ts";

/**
 * An HTTP/2 client written by hand, whose flow control is that of grpc-go with its default windows: it measures the
 * bandwidth with a ping among the data, and when the answer comes it widens all windows by SETTINGS. From then on it
 * returns credit only after a quarter of the wide window.
 */

const frameType = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8 } as const;
const acknowledge = 1;
const endStream = 1;
const endHeaders = 4;
const initialWindow = 65_535;
const grownWindow = 1 << 19;
/** Bytes received before the measurement, by when much credit has been returned. */
const measureAfter = 1 << 20;
const bandwidthPing = Buffer.from("02041010090e0707", "hex");

/** Calls a server-streaming method and counts the messages until so many have come, or nothing comes for `idleMs`. */
export function countMessages(
  port: number,
  method: string,
  request: Uint8Array,
  enough: number,
  idleMs: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = connect({ host: "127.0.0.1", port, ALPNProtocols: ["h2"], rejectUnauthorized: false });
  const framer = new MessageFramer();
  let messages = 0;
  let window = initialWindow;
  let returnable = 0;
  let received = 0;
  let pinged = false;
  const idle = setTimeout(() => finish(), idleMs);
  const finish = () => {
    clearTimeout(idle);
    socket.destroy();
    resolve(messages);
  };
  const send = (type: number, flags: number, stream: number, payload: Uint8Array) =>
    socket.write(frame(type, flags, stream, payload));

  const onData = (payload: Buffer) => {
    idle.refresh();
    received += payload.length;
    if (!pinged && received > measureAfter) {
      pinged = true;
      send(frameType.ping, 0, 0, bandwidthPing);
    }
    for (const _ of framer.push(payload)) messages += 1;
    returnable += payload.length;
    send(frameType.windowUpdate, 0, 0, uint32(payload.length)); // the connection's window is not what this is about
    if (returnable >= window / 4) {
      send(frameType.windowUpdate, 0, 1, uint32(returnable));
      returnable = 0;
    }
    if (messages >= enough) finish();
  };
  const grow = () => {
    window = grownWindow;
    send(frameType.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(grownWindow)]));
  };

  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
      const payload = Buffer.from(held.subarray(9, 9 + held.readUIntBE(0, 3)));
      const [type, flags = 0] = [held[3], held[4]];
      held = held.subarray(9 + payload.length);
      if (type === frameType.data) onData(payload);
      else if (type === frameType.settings && (flags & acknowledge) === 0)
        send(frameType.settings, acknowledge, 0, new Uint8Array());
      else if (type === frameType.ping && (flags & acknowledge) !== 0) grow();
    }
  });
  socket.on("error", reject);
  socket.on("secureConnect", () => {
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    send(frameType.settings, 0, 0, new Uint8Array());
    const headers = {
      ":method": "POST",
      ":scheme": "http",
      ":path": `/${method}`,
      ":authority": "x",
      "content-type": "application/grpc",
      te: "trailers",
    };
    send(
      frameType.headers,
      endHeaders,
      1,
      Buffer.concat(Object.entries(headers).map(([name, value]) => literal(name, value))),
    );
    send(frameType.data, endStream, 1, frameMessage(request));
  });
  return promise;
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A header in HPACK's plainest form, RFC 7541, 6.2.2: not indexed, not compressed, shorter than 127 bytes. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
