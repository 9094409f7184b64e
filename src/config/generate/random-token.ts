import { randomBytes, randomInt } from "node:crypto";
import { toBase64 } from "../../bytes/base64.ts";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A token as kubeadm writes it, `[0-9a-z]{6}.[0-9a-z]{16}`: an id that may be logged, then the secret. */
export const randomToken = (): string => `${randomText(6)}.${randomText(16)}`;

/** 32 random bytes in standard base64. */
export const randomSecret = (): string => toBase64(randomBytes(32));

/** 32 random bytes in the URL's base64, padded: the cluster's identity appears in URLs. */
export const randomIdentity = (): string => randomSecret().replace(/\+/g, "-").replace(/\//g, "_");

const randomText = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
