/** Frames of HTTP/2 written by hand, RFC 9113, for peers that do what no library would. */
export const FrameType = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const;
export const FrameFlag = { acknowledge: 1, endStream: 1, endHeaders: 4 } as const;

/** What a client says first. */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

const headerBytes = 9;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Cuts what arrives into frames. */
export function frameReader(): (chunk: Uint8Array) => Generator<Frame> {
  let held: Buffer = Buffer.alloc(0);
  return function* (chunk) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= headerBytes && held.length >= headerBytes + held.readUIntBE(0, 3)) {
      const end = headerBytes + held.readUIntBE(0, 3);
      const [type = 0, flags = 0] = [held[3], held[4]];
      yield { type, flags, payload: Buffer.from(held.subarray(headerBytes, end)) };
      held = held.subarray(end);
    }
  };
}

/** The header block that begins a gRPC call. */
export function callHeaders(method: string): Buffer {
  const headers = {
    ":method": "POST",
    ":scheme": "http",
    ":path": `/${method}`,
    ":authority": "x",
    "content-type": "application/grpc",
    te: "trailers",
  };
  return Buffer.concat(Object.entries(headers).map(([name, value]) => literal(name, value)));
}

/** A header in HPACK's plainest form, RFC 7541, 6.2.2: not indexed, not compressed, shorter than 127 bytes. */
export const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
