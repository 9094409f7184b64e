import { isIP } from "node:net";
import { addressFromBytes, addressToBytes } from "../../net/address.ts";
import { WireType } from "../wire/writer.ts";
import { fieldOf } from "./field.ts";
import { mapped } from "./mapped.ts";
import { messageOf } from "./message.ts";
import { bytes, int32, scalar } from "./scalar.ts";

/** common.NetIP (without a number), NetIPPrefix and NetIPPort. */
const parts = messageOf({ ip: bytes(1), number: int32(2) });

const toBytes = (address: string) => (address === "" ? new Uint8Array() : addressToBytes(address));
const fromBytes = (ip: Uint8Array) => (ip.length === 0 ? "" : addressFromBytes(ip));

/** An IP address as text, `10.0.2.15`; empty for none. */
export const address = fieldOf(
  mapped(parts, {
    name: "address",
    zero: "",
    toMessage: (text) => ({ ip: toBytes(text), number: 0 }),
    fromMessage: ({ ip }) => fromBytes(ip),
    fromYaml: (value) => (typeof value === "string" ? asAddress(value) : undefined),
  }),
);

/** An address with a prefix length, `10.0.2.15/24`; empty for none, as in a default route. */
export const prefix = fieldOf(
  mapped(parts, {
    name: "prefix",
    zero: "",
    toMessage: (text) => splitAtLast(text, "/"),
    fromMessage: ({ ip, number }) => (ip.length === 0 ? "" : `${fromBytes(ip)}/${number}`),
    fromYaml: (value) => (typeof value === "string" ? asPrefix(value) : undefined),
  }),
);

/** An address with a port, `10.0.2.15:50000` or `[fe80::1]:50000`; empty for none. */
export const addressPort = fieldOf(
  mapped(parts, {
    name: "address and port",
    zero: "",
    toMessage: (text) => splitAtLast(text.replace(/^\[(.*)\]/, "$1"), ":"),
    fromMessage({ ip, number }) {
      if (ip.length === 0) return "";
      return ip.length === 4 ? `${fromBytes(ip)}:${number}` : `[${fromBytes(ip)}]:${number}`;
    },
    fromYaml: (value) => (typeof value === "string" ? asAddressPort(value) : undefined),
  }),
);

function splitAtLast(text: string, separator: string): { ip: Uint8Array; number: number } {
  const at = text.lastIndexOf(separator);
  return { ip: toBytes(text.slice(0, at)), number: Number(text.slice(at + 1)) };
}

/** A link-layer address as text, `52:54:00:12:34:56`; bytes on the wire. */
export const hardwareAddress = fieldOf(
  scalar({
    name: "hardware address",
    wire: WireType.bytes,
    zero: "",
    write: (to, text) => void to.bytes(Uint8Array.fromHex(text.replaceAll(":", ""))),
    read: (from) =>
      from
        .bytes()
        .toHex()
        .replace(/..(?=.)/g, "$&:"),
    fromYaml: (value) =>
      typeof value === "string" && /^(?:[\da-f]{2}(?::[\da-f]{2})*)?$/i.test(value) ? value.toLowerCase() : undefined,
  }),
);

// The same value in its usual form; undefined for what is none. No value is none, too.

function asAddress(text: string): string | undefined {
  if (text === "") return "";
  return isIP(text) === 0 || text.includes("%") ? undefined : fromBytes(toBytes(text));
}

function asPrefix(text: string): string | undefined {
  if (text === "") return "";
  const [, ip = "", length = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const found = ip === "" ? undefined : asAddress(ip);
  return found !== undefined && Number(length) <= (found.includes(":") ? 128 : 32) ? `${found}/${length}` : undefined;
}

function asAddressPort(text: string): string | undefined {
  if (text === "") return "";
  const [, inBrackets, plain = "", port = ""] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const ip = asAddress(inBrackets ?? plain);
  if (ip === undefined || ip === "" || Number(port) > 65_535) return undefined;
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
