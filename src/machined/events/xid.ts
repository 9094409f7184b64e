import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghijklmnopqrstuv";

/**
 * Makes ids that sort by time and are unique across machines: 4 bytes of seconds, 5 random bytes that stay the same
 * for this maker, 3 bytes of counter; as 20 characters of base32hex in lower case (the form known as xid).
 */
export function createXidMaker(now: () => Date = () => new Date(), random = randomBytes(8)): () => string {
  let counter = random.readUIntBE(5, 3);
  const bytes = Buffer.alloc(12);
  random.copy(bytes, 4, 0, 5);
  return () => {
    bytes.writeUInt32BE(Math.floor(now().getTime() / 1_000) >>> 0, 0);
    bytes.writeUIntBE(counter, 9, 3);
    counter = (counter + 1) % 2 ** 24;
    return base32(bytes);
  };
}

function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}
