import { BlockList, isIPv6 } from "node:net";

/** Chooses among addresses by prefixes: those in none of `exclude`, and in one of `valid` if there are any. */
export function inSubnets(
  addresses: readonly string[],
  valid: readonly string[],
  exclude: readonly string[],
): string[] {
  const [allowed, forbidden] = [listOf(valid), listOf(exclude)];
  return addresses.filter(
    (address) => (valid.length === 0 || contains(allowed, address)) && !contains(forbidden, address),
  );
}

function listOf(prefixes: readonly string[]): BlockList {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [address = "", length = isIPv6(address) ? "128" : "32"] = prefix.split("/");
    list.addSubnet(address, Number(length), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}

const contains = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
