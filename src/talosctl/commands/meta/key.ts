import { Failure } from "../../../errors/failure.ts";

/**
 * The number of a key as people write it, `0x0a` or `10`.
 * @throws Failure when it is none from 1 to 255
 */
export function parseKey(text: string): number {
  const key = /^(?:0x[\da-f]+|0o[0-7]+|0b[01]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (key >= 1 && key <= 0xff) return key;
  throw new Failure(`Cannot use "${text}" as a key of META: it is not a number from 1 to 255`, {
    hint: "Such as 0x0a, the network of a machine without a cloud",
  });
}
