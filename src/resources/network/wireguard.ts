import { duration, int64, message, prefix, string } from "../fields/index.ts";

const wireguardPeerFields = {
  publicKey: string(1),
  presharedKey: string(2),
  endpoint: string(3),
  persistentKeepaliveInterval: duration(4),
  allowedIPs: prefix(5).list(),
};

export const wireguardFields = {
  privateKey: string(1).optional(),
  publicKey: string(2).optional(),
  listenPort: int64(3),
  firewallMark: int64(4),
  peers: message(5, wireguardPeerFields).list(),
};
