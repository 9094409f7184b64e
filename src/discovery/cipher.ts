import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Failure } from "../errors/failure.ts";

// How a cluster's machines hide from the discovery service what they tell each other: AES-256 under `cluster.secret`.

const nonceBytes = 12;
const tagBytes = 16;
const blockBytes = 16;
const keyBytes = 32;

/** The key that `cluster.secret` is. @throws Failure unless it has 256 bits */
export function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length === keyBytes) return key;
  throw new Failure(`Cannot use the discovery service: cluster.secret has ${key.length} bytes, not ${keyBytes}`);
}

/** Nonce, ciphertext, tag (GCM): the same text is other bytes each time. */
export function seal(key: Uint8Array, text: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Failure when it was not sealed with this key, or was changed since */
export function open(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < nonceBytes + tagBytes) throw new Failure("Cannot open what another machine said: it is cut off");
  const end = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes));
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
  } catch (cause) {
    throw new Failure("Cannot open what another machine said: it has another cluster.secret", { cause });
  }
}

/**
 * A length, the text, zeros to fill the block (ECB): equal texts are equal bytes, so that the service can tell that two
 * machines speak of the same endpoint without knowing it.
 */
export function sealAlike(key: Uint8Array, text: Uint8Array): Uint8Array {
  const length = 1 + text.length;
  const padded = new Uint8Array(Math.ceil(length / blockBytes) * blockBytes);
  padded[0] = text.length;
  padded.set(text, 1);
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}

/** @throws Failure for what cannot have come from sealAlike */
export function openAlike(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const refuse = () => new Failure("Cannot open an endpoint that another machine told of: it makes no sense");
  if (sealed.length === 0 || sealed.length % blockBytes !== 0) throw refuse();
  const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const length = padded[0] ?? 0;
  if (length >= padded.length) throw refuse();
  return padded.subarray(1, 1 + length);
}
