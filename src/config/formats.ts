import { isIP } from "node:net";
import { parseDuration } from "../clock/duration.ts";
import type { Check } from "./describe.ts";

/** An IP address without a prefix length. */
export const address: Check = (text) => (isIP(text) === 0 ? "not an address" : undefined);

/** An address with its prefix length, such as `10.0.0.0/8`. */
export const prefix: Check = (text) => {
  const [host = "", length = "", rest] = text.split("/");
  const family = isIP(host);
  const fits = /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
  return family !== 0 && fits && rest === undefined ? undefined : "not an address with a prefix length";
};

/** A prefix that a leading `!` excludes. */
export const prefixOrExclusion: Check = (text) => prefix(text.replace(/^!/, ""));

/** An address, with or without a prefix length. */
export const addressOrPrefix: Check = (text) => (isIP(text) === 0 ? prefix(text) : undefined);

/** A DNS name, RFC 1123: letters, digits and hyphens between dots. */
export const hostname: Check = (text) =>
  text.length <= 253 && text.split(".").every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
    ? undefined
    : "not a host name";

export const hostnameOrAddress: Check = (text) => (isIP(text) === 0 ? hostname(text) : undefined);

/** A URL of one of these schemes. */
export const url =
  (...schemes: readonly string[]): Check =>
  (text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : undefined;
    if (scheme !== undefined && schemes.includes(scheme)) return undefined;
    return `not a URL that begins with ${schemes.map((name) => `${name}://`).join(" or ")}`;
  };

/** A length of time as Go writes it. */
export const duration: Check = (text) => {
  try {
    parseDuration(text);
    return undefined;
  } catch {
    return "not a duration such as 1h30m or 500ms";
  }
};

/** Standard base64, as certificates and keys are written. */
export const base64: Check = (text) => (/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) ? undefined : "not base64");

/** A Linux interface name. */
export const linkName: Check = (text) =>
  text.length <= 15 && !/[\s/]/.test(text) ? undefined : "not an interface name of up to 15 characters";

/** A hardware address, six or more pairs of hex digits. */
export const hardwareAddress: Check = (text) =>
  /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(text) ? undefined : "not a hardware address";
