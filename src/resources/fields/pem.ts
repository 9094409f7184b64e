import { message } from "./message.ts";
import { base64Bytes } from "./scalar.ts";

/** A PEM certificate; base64 in YAML, as in the machine configuration. */
export const certificate = (number: number, doc?: string) => message(number, { crt: base64Bytes(1) }, doc);

/** A PEM certificate with its PEM private key. */
export const certificateAndKey = (number: number, doc?: string) =>
  message(number, { crt: base64Bytes(1), key: base64Bytes(2) }, doc);

/** A PEM private key. */
export const privateKey = (number: number, doc?: string) => message(number, { key: base64Bytes(1) }, doc);
