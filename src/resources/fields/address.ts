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
  }),
);

/** An address with a prefix length, `10.0.2.15/24`; empty for none, as in a default route. */
export const prefix = fieldOf(
  mapped(parts, {
    name: "prefix",
    zero: "",
    toMessage: (text) => splitAtLast(text, "/"),
    fromMessage: ({ ip, number }) => (ip.length === 0 ? "" : `${fromBytes(ip)}/${number}`),
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
  }),
);
