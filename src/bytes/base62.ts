const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base = BigInt(digits.length);

/** Bytes as one big-endian number in base 62: short, and made of letters and digits alone. */
export function toBase62(bytes: Uint8Array): string {
  let number = BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  do {
    text = digits.charAt(Number(number % base)) + text;
    number /= base;
  } while (number > 0n);
  return text;
}

/** The number's last `length` bytes, big-endian. Characters that are no digits count as zero. */
export function fromBase62(text: string, length: number): Uint8Array {
  let number = 0n;
  for (const character of text) number = number * base + BigInt(Math.max(0, digits.indexOf(character)));
  const hex = BigInt.asUintN(length * 8, number).toString(16);
  return Buffer.from(hex.padStart(length * 2, "0"), "hex");
}
