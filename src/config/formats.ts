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

/** An address, with or without a prefix length. */
export const addressOrPrefix: Check = (text) => (isIP(text) === 0 ? prefix(text) : undefined);

/** The same, which a leading `!` excludes. */
export const prefixOrExclusion: Check = (text) => addressOrPrefix(text.replace(/^!/, ""));

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

/** A length of time that is not negative. */
export const positiveDuration: Check = (text) =>
  duration(text) ?? (text.startsWith("-") ? "a duration cannot be negative" : undefined);

/** Standard base64, as certificates and keys are written. */
export const base64: Check = (text) =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(text.replaceAll(/\s+/g, "")) ? undefined : "not base64";

/** A routing table: a number from 1 to 255, or one of the kernel's names. */
export const routingTable: Check = (text) => {
  const isNumber = /^[1-9]\d{0,2}$/.test(text) && Number(text) <= 255;
  return isNumber || ["local", "main", "default"].includes(text)
    ? undefined
    : "not a table from 1 to 255, local, main or default";
};

/** A Linux interface name. */
export const linkName: Check = (text) =>
  text.length <= 15 && !/[\s/]/.test(text) ? undefined : "not an interface name of up to 15 characters";

/** A hardware address, six or more pairs of hex digits. */
export const hardwareAddress: Check = (text) =>
  /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(text) ? undefined : "not a hardware address";

/** `10.0.0.1:51820`, or `[fd00::1]:51820`. */
export const addressAndPort: Check = (text) => {
  const [, host = "", port = ""] =
    /^(?:\[(.*)\]|(.*)):(\d{1,5})$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  const family = text.startsWith("[") ? 6 : 4;
  return isIP(host.split("%")[0] ?? "") === family && isPort(port) ? undefined : "not an address with a port";
};

/** The same with a name or nothing before the port. */
export const hostAndPort: Check = (text) => {
  const port = /^(?:\[[^[\]]*\]|[^:[\]]*):(\d{1,5})$/.exec(text)?.[1];
  return port !== undefined && isPort(port) ? undefined : "not a host with a port, such as 192.168.10.3:3247";
};

/** `443`, or `30000-32767`. */
export const portOrRange: Check = (text) => {
  const [low = "", high = low, rest] = text.split("-");
  if (rest !== undefined || !isPort(low) || !isPort(high)) return "not a port or a range such as 30000-32767";
  return Number(low) > Number(high) ? "the range ends before it begins" : undefined;
};

/** A WireGuard key: 32 bytes in base64. */
export const wireguardKey: Check = (text) => (/^[A-Za-z0-9+/]{43}=$/.test(text) ? undefined : "not 32 bytes in base64");

/** Letters, digits and hyphens, as volumes are named. */
export const volumeName: Check = (text) =>
  /^[A-Za-z0-9-]+$/.test(text) ? undefined : "a name has ASCII letters, digits and hyphens only";

/** The same, short enough for the label of a partition with a two-letter prefix. */
export const partitionName: Check = (text) =>
  volumeName(text) ?? (text.length <= 34 ? undefined : "longer than 34 characters");

const bytesOfUnit: Readonly<Record<string, number>> = Object.fromEntries(
  ["", "k", "m", "g", "t", "p", "e"].flatMap((letter, power) => [
    [letter, 1_000 ** power],
    [`${letter}b`, 1_000 ** power],
    [`${letter}i`, 1_024 ** power],
    [`${letter}ib`, 1_024 ** power],
  ]),
);

/** Bytes of a size such as `10GiB` or `1.5TB`; undefined when it is none. */
export function parseByteSize(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const [, number = "", unit = ""] = /^(\d[\d,]*(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = bytesOfUnit[unit.toLowerCase()];
  return number === "" || bytes === undefined ? undefined : Math.trunc(Number(number.replaceAll(",", "")) * bytes);
}

export const byteSize: Check = (text) =>
  parseByteSize(text) === undefined ? "not a size such as 10GiB or 500MB" : undefined;

/** A size, or a part of the whole such as `80%`. */
export const byteSizeOrShare: Check = (text) => {
  if (!text.includes("%")) return byteSize(text);
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return share !== undefined && Number(share) <= 100 ? undefined : "not a part from 0% to 100%";
};

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
