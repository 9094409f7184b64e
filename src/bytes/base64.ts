/** Standard base64 with padding, as certificates and keys appear in config files. */
export const toBase64 = (bytes: Uint8Array | string): string =>
  (typeof bytes === "string"
    ? Buffer.from(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ).toString("base64");

export const fromBase64 = (text: string): Uint8Array => Buffer.from(text, "base64");
