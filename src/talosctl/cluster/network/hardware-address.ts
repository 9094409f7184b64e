/** The Ethernet address of a virtual machine: its own, and always the same. The prefix is QEMU's. */
export function hardwareAddressOf(node: string): string {
  const digest = new Bun.CryptoHasher("sha256").update(node).digest("hex");
  return ["52", "54", ...[0, 2, 4, 6].map((at) => digest.slice(at, at + 2))].join(":");
}
