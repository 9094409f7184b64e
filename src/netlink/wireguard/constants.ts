/** WG_CMD_* and WG_GENL_VERSION of <linux/wireguard.h>. */
export const WireguardCommand = { get: 0, set: 1 } as const;
export const wireguardVersion = 1;

/** WGDEVICE_A_* of <linux/wireguard.h>. */
export const DeviceAttribute = {
  name: 2,
  privateKey: 3,
  publicKey: 4,
  listenPort: 6,
  firewallMark: 7,
  peers: 8,
} as const;

/** WGPEER_A_* of <linux/wireguard.h>. */
export const PeerAttribute = {
  publicKey: 1,
  presharedKey: 2,
  flags: 3,
  endpoint: 4,
  keepalive: 5,
  lastHandshake: 6,
  receivedBytes: 7,
  sentBytes: 8,
  allowedPrefixes: 9,
} as const;

/** WGPEER_F_* of <linux/wireguard.h>. */
export const PeerFlag = { remove: 1, replaceAllowed: 2, updateOnly: 4 } as const;

/** WGALLOWEDIP_A_* of <linux/wireguard.h>. */
export const AllowedAttribute = { family: 1, address: 2, length: 3 } as const;

/** WG_KEY_LEN of <linux/wireguard.h>. */
export const keyLength = 32;
