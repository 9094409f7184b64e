/**
 * A status message as the header `grpc-message` carries it: UTF-8, percent-encoded where it is not printable ASCII.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function encodeStatusMessage(message: string): string {
  let encoded = "";
  for (const byte of Buffer.from(message.slice(0, maximumLength))) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== percent;
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The message of a `grpc-message` header. Escapes that are none stay as they are: an error must not hide an error. */
export function decodeStatusMessage(encoded: string): string {
  const bytes: number[] = [];
  const raw = Buffer.from(encoded);
  for (let at = 0; at < raw.length; at += 1) {
    const digits = raw[at] === percent ? raw.toString("latin1", at + 1, at + 3) : "";
    if (/^[0-9a-f]{2}$/i.test(digits)) {
      bytes.push(Number.parseInt(digits, 16));
      at += 2;
    } else bytes.push(raw[at] ?? 0);
  }
  return Buffer.from(bytes).toString();
}

const percent = 0x25;

// Peers bound the size of a header block (16 KiB in Go), and a byte may take three.
const maximumLength = 4_096;
