import { boolean, integer, list, section, string } from "../describe.ts";
import { address, addressOrPrefix, duration, hostAndPort, linkName, prefix, wireguardKey } from "../formats.ts";
import { bond, deviceSelector } from "./network-bond.ts";

const mtu = integer({ doc: "Largest packet, in bytes.", minimum: 0, maximum: 65_535 });
const addresses = list(string({ doc: "Address.", check: addressOrPrefix }), {
  doc: "Static addresses with prefix length.",
});

const cidr = string({ doc: "A static address.", check: addressOrPrefix, deprecated: "use addresses" });

const route = section({
  doc: "A static route.",
  fields: {
    network: string({ doc: "Destination; empty is the default route.", check: addressOrPrefix }),
    gateway: string({ doc: "Next hop.", check: address }),
    source: string({ doc: "Preferred source address.", check: address }),
    metric: integer({ doc: "Priority; lower wins.", minimum: 0, maximum: 2 ** 32 - 1 }),
    mtu: { ...mtu, since: "1.3" },
  },
});
const routes = list(route, { doc: "Static routes." });

const dhcpOptions = section({
  doc: "How leases are asked for and used.",
  fields: {
    routeMetric: integer({ doc: "Priority of routes from the lease.", minimum: 0 }),
    ipv4: boolean({ doc: "Ask by DHCPv4.", default: true }),
    ipv6: boolean({ doc: "Ask by DHCPv6.", default: false }),
    duidv6: string({ doc: "Client identifier for DHCPv6, hex.", since: "1.1" }),
  },
});

const apiToken = section({
  doc: "Access to the provider's API.",
  fields: { apiToken: string({ doc: "Token.", sensitive: true }) },
}).optional();

const vip = section({
  doc: "An address shared by the control plane; whoever leads holds it.",
  fields: {
    ip: string({ doc: "The shared address, in the link's network.", check: address }),
    equinixMetal: apiToken,
    hcloud: apiToken,
  },
}).optional();

const vlan = section({
  doc: "A tagged link on top.",
  fields: {
    cidr,
    addresses,
    routes,
    dhcp: boolean({ doc: "Ask for addresses by DHCP.", default: false }),
    vlanId: integer({ doc: "The tag, unique on the link.", minimum: 1, maximum: 4_094 }),
    mtu,
    vip,
    dhcpOptions: { ...dhcpOptions, since: "1.2" },
  },
});

const bridge = section({
  doc: "Makes the link a bridge.",
  since: "1.2",
  fields: {
    interfaces: list(string({ doc: "Link.", check: linkName }), { doc: "Links that become its ports." }),
    stp: section({
      doc: "Spanning tree, against loops between switches.",
      fields: { enabled: boolean({ doc: "Turn it on.", default: false }) },
    }),
    vlan: section({
      doc: "Tags on the bridge.",
      since: "1.8",
      fields: { vlanFiltering: boolean({ doc: "Let each port have only its tags.", default: false }) },
    }),
  },
}).optional();

const wireguardPeer = section({
  doc: "A peer of the tunnel.",
  fields: {
    publicKey: string({ doc: "Its public key, base64.", check: wireguardKey }),
    endpoint: string({ doc: "Where it is reached: address and port; empty waits for it to call.", check: hostAndPort }),
    persistentKeepaliveInterval: string({ doc: "Interval of keep-alive packets.", check: duration }),
    allowedIPs: list(string({ doc: "Prefix.", check: prefix }), {
      doc: "What is sent to and taken from the peer.",
    }),
  },
});

const wireguard = section({
  doc: "Makes the link a WireGuard tunnel.",
  fields: {
    privateKey: string({ doc: "Our private key, base64.", check: wireguardKey, sensitive: true }),
    listenPort: integer({ doc: "UDP port; 0 lets the kernel choose.", minimum: 0, maximum: 65_535 }),
    firewallMark: integer({ doc: "Mark of outgoing packets.", minimum: 0 }),
    peers: list(wireguardPeer, { doc: "The other ends of the tunnel." }),
  },
}).optional();

/** One of `machine.network.interfaces`: a link by name or by what it is. */
export const networkInterface = section({
  doc: "A link and what it gets.",
  fields: {
    interface: string({
      doc: "Name of the link, such as eth0; deviceSelector picks it by other means.",
      check: linkName,
    }),
    deviceSelector,
    cidr,
    addresses,
    routes,
    bond,
    bridge,
    bridgePort: section({
      doc: "Makes the link a port.",
      since: "1.9",
      fields: { master: string({ doc: "Name of the bridge.", check: linkName }) },
    }).optional(),
    vlans: list(vlan, { doc: "Tagged links on top of this one.", merge: { keys: ["vlanId"] } }),
    mtu,
    dhcp: boolean({ doc: "Ask for addresses by DHCP.", default: false }),
    ignore: boolean({ doc: "Leave the link as the kernel has it.", default: false }),
    dummy: boolean({ doc: "Make a link that leads nowhere, to hold addresses.", default: false }),
    dhcpOptions,
    wireguard,
    vip,
  },
});
