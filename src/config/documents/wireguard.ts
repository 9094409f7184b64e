import { integer, list, section, string } from "../describe.ts";
import { addressAndPort, duration, prefix, wireguardKey } from "../formats.ts";
import { linkFields, linkNameField } from "./link-fields.ts";

const peer = section({
  doc: "The other end of a tunnel.",
  fields: {
    publicKey: string({ doc: "Its public key, base64.", check: wireguardKey, required: true }),
    presharedKey: string({ doc: "A secret both ends mix in, base64.", check: wireguardKey, sensitive: true }),
    endpoint: string({
      doc: "Where it is reached; empty waits for it to call.",
      check: addressAndPort,
      example: "192.168.1.2:51820",
    }),
    persistentKeepaliveInterval: string({
      doc: "Interval of packets that keep a NAT open; empty sends none.",
      check: duration,
      example: "25s",
    }),
    allowedIPs: list(string({ doc: "Prefix.", check: prefix }), {
      doc: "What is sent to it, and accepted from it.",
      example: ["192.168.2.0/24"],
    }),
  },
});

/** `WireguardConfig`: an encrypted tunnel. */
export const wireguardConfig = section({
  doc: "Makes a WireGuard tunnel.",
  since: "1.12",
  effect: "live",
  fields: {
    name: linkNameField,
    privateKey: string({ doc: "Our private key, base64.", check: wireguardKey, required: true, sensitive: true }),
    listenPort: integer({ doc: "UDP port; 0 lets the kernel choose.", minimum: 0, maximum: 65_535 }),
    firewallMark: integer({ doc: "Mark of outgoing packets.", minimum: 0, maximum: 2 ** 32 - 1 }),
    peers: list(peer, { doc: "The other ends." }),
    ...linkFields,
  },
});
