import { connect } from "node:tls";
import { frameMessage, MessageFramer } from "../message-framer.ts";
import { callHeaders, FrameFlag, FrameType, frame, frameReader, preface, uint32 } from "./raw-http2.ts";

/**
 * An HTTP/2 client written by hand, whose flow control is that of grpc-go with its default windows: it measures the
 * bandwidth with a ping among the data, and when the answer comes it widens all windows by SETTINGS. From then on it
 * returns credit only after a quarter of the wide window.
 */

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
      send(FrameType.ping, 0, 0, bandwidthPing);
    }
    for (const _ of framer.push(payload)) messages += 1;
    returnable += payload.length;
    send(FrameType.windowUpdate, 0, 0, uint32(payload.length)); // the connection's window is not what this is about
    if (returnable >= window / 4) {
      send(FrameType.windowUpdate, 0, 1, uint32(returnable));
      returnable = 0;
    }
    if (messages >= enough) finish();
  };
  const grow = () => {
    window = grownWindow;
    send(FrameType.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(grownWindow)]));
  };

  const framesIn = frameReader();
  socket.on("data", (chunk: Buffer) => {
    for (const { type, flags, payload } of framesIn(chunk)) {
      const acknowledged = (flags & FrameFlag.acknowledge) !== 0;
      if (type === FrameType.data) onData(payload);
      else if (type === FrameType.settings && !acknowledged)
        send(FrameType.settings, FrameFlag.acknowledge, 0, new Uint8Array());
      else if (type === FrameType.ping && acknowledged) grow();
    }
  });
  socket.on("error", reject);
  socket.on("secureConnect", () => {
    socket.write(preface);
    send(FrameType.settings, 0, 0, new Uint8Array());
    send(FrameType.headers, FrameFlag.endHeaders, 1, callHeaders(method));
    send(FrameType.data, FrameFlag.endStream, 1, frameMessage(request));
  });
  return promise;
}
