import { addressFromBytes, addressToBytes } from "../../net/address.ts";

// Addresses among those of the services that are given by convention.

/** The API server's: the first after the network's own. `10.96.0.0/12` → `10.96.0.1` */
export const apiServerAddressOf = (prefix: string): string => addressAfter(prefix, 1);

/** The cluster's DNS server's: the tenth. `10.96.0.0/12` → `10.96.0.10` */
export const dnsAddressOf = (prefix: string): string => addressAfter(prefix, 10);

function addressAfter(prefix: string, count: number): string {
  const bytes = addressToBytes(prefix.replace(/\/.*/, ""));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + count;
  return addressFromBytes(bytes);
}
