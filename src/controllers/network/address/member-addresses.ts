/** A machine of the cluster, as it can be asked for. */
interface NamedMachine {
  /** The name of its node. */
  readonly id: string;
  readonly hostname: string;
  readonly addresses: readonly string[];
}

/** Finds a machine's addresses by its host name or its node's, in full or up to the first dot. */
export function memberAddresses(machines: readonly NamedMachine[]): (name: string) => readonly string[] | undefined {
  const known = new Map<string, readonly string[]>();
  // Full names first: a short one must not hide another machine's whole name.
  for (const shorten of [(name: string) => name, (name: string) => name.replace(/\..*/, "")]) {
    for (const { id, hostname, addresses } of machines) {
      for (const name of [hostname, id]) {
        const key = shorten(name.toLowerCase().replace(/\.$/, ""));
        if (key !== "" && !known.has(key)) known.set(key, addresses);
      }
    }
  }
  return (name) => known.get(name.toLowerCase());
}
